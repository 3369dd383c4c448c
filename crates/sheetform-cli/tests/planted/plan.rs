//! What a workbook is made from, small enough to be printed, replayed and made smaller.

use std::collections::BTreeMap;
use std::fmt;

use crate::random::Random;

/// Everything that decides a workbook. Each part has its own stream of choices, so that one can be left out and the others
/// stay as they are.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Plan {
    pub(crate) form: FormOf,
    pub(crate) seed: u64,
    /// The most records of a table.
    pub(crate) rows: usize,
    pub(crate) looks: Looks,
    /// Whether the command is given the form; else the workbook's mark decides.
    pub(crate) named: bool,
    /// Whether the command is given a day for today.
    pub(crate) day: bool,
    /// Each with a seed of its own.
    pub(crate) faults: Vec<(&'static str, u64)>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum FormOf {
    Shipped(&'static str),
    Random(u64),
}

/// How the sheet looks, where it is not the plainest way.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Looks(pub(crate) BTreeMap<&'static str, usize>);

/// Every look, how often in a hundred it is there, and how many ways it has.
const LOOKS: [(&str, usize, usize); 29] = [
    ("rows above", 30, 3),
    ("columns left", 25, 2),
    ("title not merged", 30, 1),
    ("title left out", 10, 1),
    ("pairs", 50, 3),
    ("labels moved", 40, 1),
    ("colons", 50, 2),
    ("values merged", 40, 1),
    ("empty labels left out", 40, 1),
    ("rows between bands", 40, 2),
    ("columns moved", 50, 1),
    ("blank column", 15, 1),
    ("wide column", 20, 1),
    ("tall head", 20, 1),
    ("groups not merged", 25, 1),
    ("heads not merged down", 20, 1),
    ("aliases", 40, 1),
    ("blanks in headings", 30, 1),
    ("blank rows", 30, 1),
    ("hidden rows", 20, 1),
    ("hidden columns", 15, 1),
    ("no merges", 30, 1),
    ("total row", 70, 4),
    ("total formulas", 50, 1),
    ("formulas", 20, 1),
    ("empty sheets", 30, 2),
    ("hidden copy", 10, 1),
    ("words for nothing", 30, 1),
    ("own mark", 30, 1),
];

impl Looks {
    pub(crate) fn random(random: &mut Random) -> Self {
        let mut looks = Self::default();
        let plain = random.chance(10);
        for (name, percent, ways) in LOOKS {
            let chosen = random.below(ways) + 1;
            if random.chance(percent) && !plain {
                looks.0.insert(name, chosen);
            }
        }
        looks
    }

    /// 0 where the sheet does not look so.
    pub(crate) fn get(&self, name: &str) -> usize {
        assert!(LOOKS.iter().any(|(known, ..)| *known == name), "{name}");
        self.0.get(name).copied().unwrap_or(0)
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.get(name) > 0
    }
}

impl Plan {
    /// A stream of choices for one purpose.
    pub(crate) fn stream(&self, purpose: &str) -> Random {
        let name = purpose.bytes().fold(7_u64, |sum, byte| sum.wrapping_mul(31).wrapping_add(u64::from(byte)));
        Random::new(self.seed, &[name])
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.form {
            FormOf::Shipped(id) => write!(f, "{id}")?,
            FormOf::Random(seed) => write!(f, "random form {seed}")?,
        }
        write!(f, ", at most {} records; ", self.rows)?;
        for (look, way) in &self.looks.0 {
            write!(f, "{look} ({way}), ")?;
        }
        if !self.named {
            write!(f, "no form named, ")?;
        }
        if !self.day {
            write!(f, "no day for today, ")?;
        }
        let faults: Vec<&str> = self.faults.iter().map(|(name, _)| *name).collect();
        write!(f, "faults: {}", faults.join(", "))
    }
}
