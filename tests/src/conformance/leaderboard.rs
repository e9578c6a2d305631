//! The best version of each name by one metric.

use registry_core::{Direction, Leaderboard, LeaderboardQuery, MAX_LEADERS, RegistryStoreExt as _};

use crate::{Session, a_model, at};

fn by(metric: &str) -> LeaderboardQuery {
    LeaderboardQuery::new(metric.parse().unwrap())
}

fn filtered(metric: &str, filter: &str) -> LeaderboardQuery {
    LeaderboardQuery {
        filter: Some(filter.parse().unwrap()),
        ..by(metric)
    }
}

async fn leaderboard(registry: &Session, query: &LeaderboardQuery) -> Leaderboard {
    registry.store().leaderboard(query, at(1_000)).await.unwrap()
}

fn shown(board: &Leaderboard) -> Vec<String> {
    let leaders = board.leaders.iter();
    leaders
        .map(|leader| format!("{}@{} {}", leader.model.name, leader.model.version, leader.value))
        .collect()
}

async fn some(registry: &Session) {
    for (name, version, loss, accuracy) in [
        ("gpt", "1.0.0", 0.5, 0.7),
        ("gpt", "1.10.0", 0.75, 0.8),
        ("gpt", "1.9.0", 0.25, 0.75),
        ("bert", "1.0.0", 0.5, 0.9),
        ("bert", "1.1.0", 0.375, 0.85),
        ("vit", "1.0.0", 1.0, 0.5),
    ] {
        let model = a_model(name, version).metric("loss", loss);
        registry.register(model.metric("accuracy", accuracy)).await;
    }
    registry.register(a_model("empty", "1.0.0")).await;
    registry
        .register(
            a_model("vit", "0.9.0")
                .task("old")
                .metric("loss", 0.125)
                .retired(),
        )
        .await;
}

pub(crate) async fn an_empty_registry_has_no_leader(registry: Session) {
    let board = leaderboard(&registry, &by("loss")).await;
    assert_eq!((board.leaders, board.more), (vec![], false));
}

pub(crate) async fn the_best_of_each_name(registry: Session) {
    some(&registry).await;
    let board = leaderboard(&registry, &by("loss")).await;
    assert_eq!(
        shown(&board),
        ["gpt@1.9.0 0.25", "bert@1.1.0 0.375", "vit@1.0.0 1"]
    );
    assert_eq!((board.better, board.more), (Direction::Lower, false));
    let gaps: Vec<f64> = board.leaders.iter().map(|leader| leader.gap).collect();
    assert_eq!(gaps, [0.0, 0.125, 0.75]);
}

pub(crate) async fn the_name_of_the_metric_says_which_is_better(registry: Session) {
    some(&registry).await;
    let board = leaderboard(&registry, &by("accuracy")).await;
    assert_eq!(
        shown(&board),
        ["bert@1.0.0 0.9", "gpt@1.10.0 0.8", "vit@1.0.0 0.5"]
    );
    let query = LeaderboardQuery {
        better: Some(Direction::Lower),
        ..by("accuracy")
    };
    let board = leaderboard(&registry, &query).await;
    assert_eq!(
        shown(&board),
        ["vit@1.0.0 0.5", "gpt@1.0.0 0.7", "bert@1.1.0 0.85"]
    );
}

pub(crate) async fn only_those_that_fit(registry: Session) {
    some(&registry).await;
    let board = leaderboard(&registry, &filtered("loss", "version < 1.1.0")).await;
    // The first two are equally good; of those the older one comes first.
    assert_eq!(shown(&board), ["gpt@1.0.0 0.5", "bert@1.0.0 0.5", "vit@1.0.0 1"]);
    let board = leaderboard(&registry, &filtered("loss", "status = retired")).await;
    assert_eq!(shown(&board), ["vit@0.9.0 0.125"]);
    let board = leaderboard(&registry, &filtered("loss", "name = nobody")).await;
    assert_eq!(shown(&board), [""; 0]);
}

pub(crate) async fn the_trend_follows_the_versions(registry: Session) {
    some(&registry).await;
    let query = LeaderboardQuery {
        trend: 2,
        ..by("loss")
    };
    let board = leaderboard(&registry, &query).await;
    let trends: Vec<Vec<f64>> = board
        .leaders
        .iter()
        .map(|leader| leader.trend.iter().map(|point| point.value).collect())
        .collect();
    // Of `gpt` the last two in the order of SemVer; of `vit` the retired version, too.
    assert_eq!(trends, [vec![0.25, 0.75], vec![0.5, 0.375], vec![0.125, 1.0]]);
}

pub(crate) async fn so_many_names(registry: Session) {
    some(&registry).await;
    let query = LeaderboardQuery {
        limit: 2,
        ..by("loss")
    };
    let board = leaderboard(&registry, &query).await;
    assert_eq!((board.leaders.len(), board.more), (2, true));
    let query = LeaderboardQuery {
        limit: 3,
        ..by("loss")
    };
    let board = leaderboard(&registry, &query).await;
    assert_eq!((board.leaders.len(), board.more), (3, false));
}

pub(crate) async fn a_name_with_all_the_best_hides_nobody(registry: Session) {
    let many = (0..150_i32).map(|minor| a_model("gpt", &format!("1.{minor}.0")).metric("loss", minor.into()));
    registry.register_many(many).await;
    registry
        .register(a_model("bert", "1.0.0").metric("loss", 500.0))
        .await;
    registry
        .register(a_model("vit", "1.0.0").metric("loss", 501.0))
        .await;
    let board = leaderboard(&registry, &by("loss")).await;
    assert_eq!(shown(&board), ["gpt@1.0.0 0", "bert@1.0.0 500", "vit@1.0.0 501"]);
    assert_eq!(board.leaders[0].trend.len(), 20);
    assert_eq!(board.leaders[0].trend[19].value.to_bits(), 149.0_f64.to_bits());
}

pub(crate) async fn long_names_end_it_before_its_limit(registry: Session) {
    let long = |at: u32| format!("{at:03}{}", "n".repeat(250));
    let many = (0..120_u32).map(|at| a_model(&long(at), "1.0.0").metric("loss", at.into()));
    registry.register_many(many).await;
    let query = LeaderboardQuery {
        limit: MAX_LEADERS,
        ..by("loss")
    };
    let board = leaderboard(&registry, &query).await;
    assert!(board.more && board.leaders.len() >= 50, "{}", board.leaders.len());
}
