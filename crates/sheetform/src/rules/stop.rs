//! Why an expression gives no value.

use std::rc::Rc;

use crate::finding::Text;

/// Names that a message lists.
const MOST_NAMES: usize = 12;

/// A value, or why there is none.
pub(super) type Outcome<T> = Result<T, Stop>;

/// Why an expression gives no value.
#[derive(Clone, Debug)]
pub(super) enum Stop {
    /// It read something that is absent or could not be read: that has its own finding, so the rule says nothing.
    Skip,
    /// It asked for today, which nobody gave.
    Today,
    /// It asked for a document of this name, which nobody gave.
    NotGiven(Rc<str>),
    /// It asked for a document of this name, which could not be read.
    NotRead(Rc<str>),
    /// It is wrong: a division by zero, a text where a number is asked for.
    Fail(Rc<Text>),
    /// It asked for a property that there is not.
    NoProperty(Rc<NoProperty>),
    /// It took more steps than a rule may.
    Budget,
}

/// A property that there is not. Of very many records each may lack it, and it is said once.
#[derive(Debug)]
pub(super) struct NoProperty {
    name: String,
    /// Those that there are.
    names: Vec<String>,
    /// Whether all records of a list lack it.
    of_all: bool,
}

impl NoProperty {
    /// What is said of it.
    pub(super) fn text(&self) -> Text {
        let name = &self.name;
        let (en, zh) = listed(name, self.names.iter().map(String::as_str).collect());
        if self.of_all {
            return Text::new(
                format!("no record has a property {name:?}{en}"),
                format!("没有一条记录有属性“{name}”{zh}"),
            );
        }
        Text::new(format!("no such property: {name:?}{en}"), format!("没有属性“{name}”{zh}"))
    }
}

impl Stop {
    pub(super) fn fail(en: impl Into<String>, zh: impl Into<String>) -> Self {
        Self::Fail(Rc::new(Text::new(en.into(), zh.into())))
    }

    /// `names` are those that there are.
    pub(super) fn no_such_property(name: &str, names: Vec<&str>) -> Self {
        Self::no_property(name, names, false)
    }

    /// The same of a list of records that all lack it.
    pub(super) fn none_has(name: &str, names: Vec<&str>) -> Self {
        Self::no_property(name, names, true)
    }

    fn no_property(name: &str, names: Vec<&str>, of_all: bool) -> Self {
        let names = names.into_iter().map(str::to_owned).collect();
        Self::NoProperty(Rc::new(NoProperty { name: name.to_owned(), names, of_all }))
    }

    /// The stronger of two: where one side was absent, what else is wrong may well come from that.
    pub(super) fn or(self, other: Self) -> Self {
        if self.weight() >= other.weight() { self } else { other }
    }

    fn weight(&self) -> u8 {
        match self {
            Self::Budget => 3,
            Self::Skip => 2,
            Self::Today | Self::NotGiven(_) | Self::NotRead(_) => 1,
            Self::Fail(_) | Self::NoProperty(_) => 0,
        }
    }
}

/// The names that there are instead of one that is none, the nearest first.
fn listed(name: &str, mut names: Vec<&str>) -> (String, String) {
    if names.is_empty() {
        return (String::new(), String::new());
    }
    let near = |other: &str| strsim::normalized_damerau_levenshtein(name, other);
    names.sort_by(|a, b| near(b).total_cmp(&near(a)));
    let more = if names.len() > MOST_NAMES { (", …", "……") } else { ("", "") };
    names.truncate(MOST_NAMES);
    let en: Vec<String> = names.iter().map(|name| format!("{name:?}")).collect();
    let zh: Vec<String> = names.iter().map(|name| format!("“{name}”")).collect();
    (format!("; there are {}{}", en.join(", "), more.0), format!("；已有的是{}{}", zh.join("、"), more.1))
}
