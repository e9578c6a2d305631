//! Which addresses webhooks may reach: an admin names a URL, and the server must not become their way into the network
//! around it. Judged is the address that is connected to, behind every name, way of writing and translation.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;

/// A network of addresses.
pub type Network = IpNet;

/// Reads a network, such as `10.20.0.0/16`; an address alone is one too.
///
/// # Errors
/// Says what a network looks like.
pub fn network(text: &str) -> Result<Network, &'static str> {
    let text = text.trim();
    let alone = text.parse::<IpAddr>().map(Network::from);
    let network = alone.or_else(|_| {
        text.parse()
            .map_err(|_| "a network is an address and a length, such as `10.20.0.0/16`")
    });
    network.map(|network| network.trunc())
}

/// Which addresses webhooks may reach besides those of the public internet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reach {
    /// Also loopback addresses and those of private networks.
    pub private: bool,
    /// Also these networks, whatever they are.
    pub networks: Vec<Network>,
}

/// What an address is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Of the public internet.
    Public,
    /// Of this machine or of a network of somebody's own.
    Private(&'static str),
    /// Nothing that a webhook could mean.
    Special(&'static str),
}

impl Reach {
    /// Why this address may not be reached; `None`: it may.
    pub(super) fn refusal(&self, address: IpAddr) -> Option<&'static str> {
        let meant = meant(address);
        if self.networks.iter().any(|network| network.contains(&meant)) {
            return None;
        }
        match kind(meant) {
            Kind::Public => None,
            Kind::Private(_) if self.private => None,
            Kind::Private(what) | Kind::Special(what) => Some(what),
        }
    }
}

/// `::ffff:0:0/96`, addresses of IPv4 as those of IPv6.
const MAPPED: [u8; 12] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff];
/// `64:ff9b::/96`, where a gateway translates.
const NAT64: [u8; 12] = [0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0];

/// The address that is reached by this one: behind IPv4-mapped, NAT64 and 6to4 addresses there is one of IPv4.
fn meant(address: IpAddr) -> IpAddr {
    let IpAddr::V6(v6) = address else { return address };
    let octets = v6.octets();
    let inner = match octets {
        [0x20, 0x02, inner @ .., _, _, _, _, _, _, _, _, _, _] => inner,
        [head @ .., a, b, c, d] if head == MAPPED || head == NAT64 => [a, b, c, d],
        _ => return address,
    };
    IpAddr::V4(Ipv4Addr::from(inner))
}

fn kind(address: IpAddr) -> Kind {
    match address {
        IpAddr::V4(v4) => kind_of_v4(v4),
        IpAddr::V6(v6) => kind_of_v6(v6),
    }
}

/// By the IANA IPv4 Special-Purpose Address Registry.
fn kind_of_v4(address: Ipv4Addr) -> Kind {
    match address.octets() {
        [127, ..] => Kind::Private("a loopback address"),
        [10, ..] | [172, 16..=31, ..] | [192, 168, ..] => Kind::Private("a private address"),
        [100, 64..=127, ..] => Kind::Private("an address shared behind a carrier's NAT"),
        // Clouds tell a machine its credentials there.
        [169, 254, ..] => Kind::Special("a link-local address"),
        [0, ..] => Kind::Special("an address of no machine"),
        [192, 0, 0, _] | [192, 88, 99, _] => Kind::Special("an address for protocols"),
        [192, 0, 2, _] | [198, 51, 100, _] | [203, 0, 113, _] => {
            Kind::Special("an address for documentation")
        }
        [198, 18..=19, ..] => Kind::Special("an address for measurements"),
        [224..=239, ..] => Kind::Special("a multicast address"),
        [240..=255, ..] => Kind::Special("a reserved address"),
        _ => Kind::Public,
    }
}

/// By the IANA IPv6 Special-Purpose Address Registry: public is only 2000::/3, and not all of it.
fn kind_of_v6(address: Ipv6Addr) -> Kind {
    match address.segments() {
        [0, 0, 0, 0, 0, 0, 0, 1] => Kind::Private("a loopback address"),
        [0xfc00..=0xfdff, ..] => Kind::Private("a private address"),
        [0, 0, 0, 0, 0, 0, 0, 0] => Kind::Special("an address of no machine"),
        [0xfe80..=0xfebf, ..] => Kind::Special("a link-local address"),
        [0xff00..=0xffff, ..] => Kind::Special("a multicast address"),
        [0x2001, 0..=0x1ff, ..] => Kind::Special("an address for protocols"),
        [0x2001, 0xdb8, ..] | [0x3fff, 0..=0xfff, ..] => Kind::Special("an address for documentation"),
        [0x2000..=0x3fff, ..] => Kind::Public,
        _ => Kind::Special("a reserved address"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PUBLIC: &[&str] = &[
        "1.1.1.1",
        "9.255.255.255",
        "11.0.0.0",
        "100.63.255.255",
        "100.128.0.0",
        "126.255.255.255",
        "128.0.0.0",
        "169.253.255.255",
        "169.255.0.0",
        "172.15.255.255",
        "172.32.0.0",
        "192.0.1.0",
        "192.0.3.0",
        "192.167.255.255",
        "192.169.0.0",
        "198.17.255.255",
        "198.20.0.0",
        "223.255.255.255",
        "2606:4700:4700::1111",
        "2a00::1",
        "2001:200::1",
        "::ffff:1.1.1.1",
        "64:ff9b::101:101",
        "2002:101:101::1",
    ];

    const PRIVATE: &[&str] = &[
        "127.0.0.1",
        "127.255.255.255",
        "10.0.0.0",
        "10.255.255.255",
        "172.16.0.0",
        "172.31.255.255",
        "192.168.0.1",
        "100.64.0.0",
        "100.127.255.255",
        "::1",
        "fc00::1",
        "fdff:ffff::1",
        "::ffff:127.0.0.1",
        "::ffff:10.1.2.3",
        "64:ff9b::7f00:1",
        "64:ff9b::c0a8:101",
        "2002:7f00:1::",
        "2002:a00:1::5",
    ];

    const SPECIAL: &[&str] = &[
        "0.0.0.0",
        "0.1.2.3",
        "169.254.0.0",
        "169.254.169.254",
        "192.0.0.1",
        "192.0.0.192",
        "192.0.2.1",
        "192.88.99.1",
        "198.18.0.1",
        "198.19.255.255",
        "198.51.100.1",
        "203.0.113.1",
        "224.0.0.1",
        "239.255.255.255",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::7f00:1",
        "::ffff:0:7f00:1",
        "::ffff:169.254.169.254",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::1",
        "100::1",
        "2001::1",
        "2001:db8::1",
        "2002:a9fe:a9fe::",
        "3fff::1",
        "4000::1",
        "5f00::1",
        "fe80::1",
        "febf::1",
        "fec0::1",
        "ff02::1",
    ];

    fn refused<'a>(reach: &Reach, addresses: &[&'a str]) -> Vec<&'a str> {
        let refused = |address: &&&str| reach.refusal(address.parse().unwrap()).is_some();
        addresses.iter().filter(refused).copied().collect()
    }

    #[test]
    fn only_the_public_internet_is_reached() {
        let reach = Reach::default();
        assert_eq!(refused(&reach, PUBLIC), [""; 0]);
        assert_eq!(refused(&reach, PRIVATE), PRIVATE);
        assert_eq!(refused(&reach, SPECIAL), SPECIAL);
    }

    #[test]
    fn private_networks_may_be_allowed_and_nothing_else() {
        let reach = Reach {
            private: true,
            networks: Vec::new(),
        };
        assert_eq!(refused(&reach, PUBLIC), [""; 0]);
        assert_eq!(refused(&reach, PRIVATE), [""; 0]);
        assert_eq!(refused(&reach, SPECIAL), SPECIAL);
    }

    #[test]
    fn a_network_may_be_named() {
        let reach = Reach {
            private: false,
            networks: vec![network("10.1.7.0/16").unwrap(), network("169.254.7.7").unwrap()],
        };
        let allowed = ["10.1.255.255", "::ffff:10.1.0.1", "64:ff9b::a01:1", "169.254.7.7"];
        assert_eq!(refused(&reach, &allowed), [""; 0]);
        let others = ["10.2.0.0", "127.0.0.1", "169.254.7.8", "::1"];
        assert_eq!(refused(&reach, &others), others);
        for text in ["", "10.0.0.0/33", "10/8", "hooks.example"] {
            assert!(network(text).is_err(), "{text}");
        }
    }
}
