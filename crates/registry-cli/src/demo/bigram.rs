//! The demo's model: a character bigram language model, fitted by gradient descent.

/// `a` to `z`, the blank and the full stop.
pub(super) const VOCABULARY: &str = "abcdefghijklmnopqrstuvwxyz .";
/// The number of characters in the vocabulary.
pub(super) const SIZE: usize = VOCABULARY.len();

/// For each character, the logits of the next one; and a bias for every next character.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Bigram {
    /// `SIZE` rows of `SIZE` logits.
    pub(super) weight: Vec<f32>,
    /// `SIZE` logits.
    pub(super) bias: Vec<f32>,
}

/// How good a model is on a text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Score {
    /// The mean negative log-likelihood of a character, in nats.
    pub(super) loss: f64,
    /// How often the likeliest next character is the right one.
    pub(super) accuracy: f64,
}

/// How to train.
#[derive(Debug, Clone, Copy)]
pub(super) struct Training {
    /// How far each step goes.
    pub(super) learning_rate: f64,
    /// How many steps over the whole text.
    pub(super) steps: u32,
}

/// How often each character follows each other one.
struct Counts {
    pairs: Vec<f64>,
    total: f64,
}

impl Counts {
    fn of(text: &str) -> Self {
        let places: Vec<usize> = text.chars().filter_map(|c| VOCABULARY.find(c)).collect();
        let mut pairs = vec![0.0; SIZE * SIZE];
        for pair in places.windows(2) {
            if let [here, next] = *pair {
                pairs[here * SIZE + next] += 1.0;
            }
        }
        let total = pairs.iter().sum::<f64>().max(1.0);
        Self { pairs, total }
    }
}

impl Bigram {
    /// A model that knows nothing: every next character is as likely as another.
    pub(super) fn untrained() -> Self {
        Self {
            weight: vec![0.0; SIZE * SIZE],
            bias: vec![0.0; SIZE],
        }
    }

    /// Full-batch gradient descent on the cross-entropy.
    pub(super) fn train(&self, text: &str, training: Training) -> Self {
        let counts = Counts::of(text);
        let mut weight: Vec<f64> = self.weight.iter().copied().map(f64::from).collect();
        let mut bias: Vec<f64> = self.bias.iter().copied().map(f64::from).collect();
        for _ in 0..training.steps {
            let mut bias_gradient = vec![0.0; SIZE];
            for (row, seen) in weight.chunks_mut(SIZE).zip(counts.pairs.chunks(SIZE)) {
                let times: f64 = seen.iter().sum();
                let likely = softmax(row, &bias);
                for (next, logit) in row.iter_mut().enumerate() {
                    let gradient = (times * likely[next] - seen[next]) / counts.total;
                    *logit -= training.learning_rate * gradient;
                    bias_gradient[next] += gradient;
                }
            }
            for (logit, gradient) in bias.iter_mut().zip(bias_gradient) {
                *logit -= training.learning_rate * gradient;
            }
        }
        Self {
            weight: weight.into_iter().map(single).collect(),
            bias: bias.into_iter().map(single).collect(),
        }
    }

    /// The model's score on a text that it should not have been trained on.
    pub(super) fn score(&self, text: &str) -> Score {
        let counts = Counts::of(text);
        let bias: Vec<f64> = self.bias.iter().copied().map(f64::from).collect();
        let (mut loss, mut right) = (0.0, 0.0);
        for (row, seen) in self.weight.chunks(SIZE).zip(counts.pairs.chunks(SIZE)) {
            let row: Vec<f64> = row.iter().copied().map(f64::from).collect();
            let likely = softmax(&row, &bias);
            loss -= seen
                .iter()
                .zip(&likely)
                .map(|(times, likely)| times * likely.ln())
                .sum::<f64>();
            let best = likely.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1));
            right += best.map_or(0.0, |(next, _)| seen[next]);
        }
        Score {
            loss: loss / counts.total,
            accuracy: right / counts.total,
        }
    }
}

fn softmax(row: &[f64], bias: &[f64]) -> Vec<f64> {
    let logits: Vec<f64> = row.iter().zip(bias).map(|(weight, bias)| weight + bias).collect();
    let highest = logits.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let powers: Vec<f64> = logits.iter().map(|logit| (logit - highest).exp()).collect();
    let sum: f64 = powers.iter().sum();
    powers.iter().map(|power| power / sum).collect()
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "checkpoints hold single precision, as they mostly do"
)]
fn single(value: f64) -> f32 {
    value as f32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::corpus::Corpus;

    const TRAINING: Training = Training {
        learning_rate: 10.0,
        steps: 100,
    };

    #[test]
    fn an_untrained_model_guesses() {
        let score = Bigram::untrained().score("the old house. ");
        assert!((score.loss - (SIZE as f64).ln()).abs() < 1e-9, "{score:?}");
    }

    #[test]
    fn training_lowers_the_loss_on_unseen_text() {
        let unseen = Corpus::General.text(99, 50);
        let trained = Bigram::untrained().train(&Corpus::General.text(1, 200), TRAINING);
        let (before, after) = (Bigram::untrained().score(&unseen), trained.score(&unseen));
        assert!(after.loss < before.loss - 1.0, "{before:?} {after:?}");
        assert!(after.accuracy > before.accuracy, "{before:?} {after:?}");
    }

    #[test]
    fn training_on_from_a_parent_beats_the_parent() {
        let parent = Bigram::untrained().train(&Corpus::General.text(1, 200), TRAINING);
        let child = parent.train(&Corpus::Support.text(2, 200), TRAINING);
        let unseen = Corpus::Support.text(99, 50);
        assert!(child.score(&unseen).loss < parent.score(&unseen).loss);
    }
}
