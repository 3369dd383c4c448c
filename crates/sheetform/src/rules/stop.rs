//! Why an expression gives no value.

use std::rc::Rc;

use crate::finding::Text;

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
    /// It took more steps than a rule may.
    Budget,
}

impl Stop {
    pub(super) fn fail(en: impl Into<String>, zh: impl Into<String>) -> Self {
        Self::Fail(Rc::new(Text::new(en.into(), zh.into())))
    }

    pub(super) fn no_such_property(name: &str) -> Self {
        Self::fail(format!("no such property: {name:?}"), format!("没有属性“{name}”"))
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
            Self::Fail(_) => 0,
        }
    }
}
