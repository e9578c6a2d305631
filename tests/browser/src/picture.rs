//! Pictures as small as they need be: no more rows than are looked at, and a palette, since pages have few colours.

use std::collections::HashMap;

/// The most colours of a palette.
const COLOURS: usize = 64;
/// How far apart colours are that are both kept: what lies between them is the edge of a letter.
const APART: u32 = 400;
/// How many of the most frequent colours are kept however near they are.
const FIRST: usize = 12;

/// A PNG with at most so many rows. Colours that are rare go to the nearest one that is kept.
pub fn smaller(picture: &[u8], rows: u32) -> Vec<u8> {
    let mut reader = png::Decoder::new(std::io::Cursor::new(picture))
        .read_info()
        .unwrap();
    let mut bytes = vec![0; reader.output_buffer_size().unwrap()];
    let frame = reader.next_frame(&mut bytes).unwrap();
    let samples = frame.color_type.samples();
    let height = frame.height.min(rows);
    let pixels = bytes
        .chunks_exact(samples)
        .take(frame.width as usize * height as usize);
    let pixels: Vec<[u8; 3]> = pixels.map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect();
    let palette = palette(&pixels);
    let mut known = HashMap::new();
    let places: Vec<u8> = pixels
        .iter()
        .map(|pixel| *known.entry(*pixel).or_insert_with(|| nearest(&palette, *pixel)))
        .collect();
    let mut smaller = Vec::new();
    let mut encoder = png::Encoder::new(&mut smaller, frame.width, height);
    encoder.set_color(png::ColorType::Indexed);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_palette(palette.concat());
    encoder.set_compression(png::Compression::High);
    // What a palette counts has no neighbours to be predicted from.
    encoder.set_filter(png::Filter::NoFilter);
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(&places).unwrap();
    writer.finish().unwrap();
    smaller
}

/// Colours that are well apart, the most frequent first; of equally frequent ones always the same. So a green dot on a
/// page of grey letters stays green.
fn palette(pixels: &[[u8; 3]]) -> Vec<[u8; 3]> {
    let mut counts: HashMap<[u8; 3], usize> = HashMap::new();
    for pixel in pixels {
        *counts.entry(*pixel).or_default() += 1;
    }
    let mut colours: Vec<([u8; 3], usize)> = counts.into_iter().collect();
    colours.sort_by_key(|(colour, count)| (std::cmp::Reverse(*count), *colour));
    let mut palette: Vec<[u8; 3]> = Vec::new();
    for (colour, _) in colours {
        // The backgrounds of a page are near each other and large.
        let apart = if palette.len() < FIRST { 1 } else { APART };
        if palette.len() < COLOURS && palette.iter().all(|kept| distance(*kept, colour) >= apart) {
            palette.push(colour);
        }
    }
    palette
}

fn nearest(palette: &[[u8; 3]], wanted: [u8; 3]) -> u8 {
    let best = (0_u8..=255)
        .zip(palette)
        .min_by_key(|(_, colour)| distance(**colour, wanted));
    best.map_or(0, |(place, _)| place)
}

fn distance(one: [u8; 3], other: [u8; 3]) -> u32 {
    let channels = one.into_iter().zip(other);
    channels
        .map(|(one, other)| u32::from(one.abs_diff(other)).pow(2))
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_colours_stay_as_they_are() {
        let mut picture = Vec::new();
        let mut encoder = png::Encoder::new(&mut picture, 2, 3);
        encoder.set_color(png::ColorType::Rgba);
        let rows = [
            [9, 8, 7, 255, 1, 2, 3, 255],
            [1, 2, 3, 255, 1, 2, 3, 255],
            [0, 0, 0, 255, 0, 0, 0, 255],
        ];
        encoder
            .write_header()
            .unwrap()
            .write_image_data(&rows.concat())
            .unwrap();
        let smaller = smaller(&picture, 2);
        let mut decoder = png::Decoder::new(std::io::Cursor::new(smaller.as_slice()));
        decoder.set_transformations(png::Transformations::EXPAND);
        let mut reader = decoder.read_info().unwrap();
        let mut bytes = vec![0; reader.output_buffer_size().unwrap()];
        reader.next_frame(&mut bytes).unwrap();
        assert_eq!(bytes, [9, 8, 7, 1, 2, 3, 1, 2, 3, 1, 2, 3]);
    }

    #[test]
    fn what_is_rare_and_unlike_the_others_is_kept() {
        let greys = (0..=255_u8).flat_map(|grey| [[grey; 3]; 9]);
        let pixels: Vec<_> = greys.chain([[11, 107, 58]]).collect();
        assert!(palette(&pixels).contains(&[11, 107, 58]));
    }

    #[test]
    fn a_rare_colour_goes_to_the_nearest() {
        assert_eq!(nearest(&[[0, 0, 0], [250, 0, 0], [0, 250, 0]], [200, 30, 10]), 1);
    }
}
