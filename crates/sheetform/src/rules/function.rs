//! The functions rules may call: their names, and how many arguments each takes. What they do is in `list.rs`,
//! `date.rs` and `text.rs`. CEL's own are kept where they fit values of a sheet; those of bytes, types, timestamps and
//! unsigned numbers are not.

macro_rules! functions {
    ($($variant:ident $name:literal $least:literal $most:literal $usage:literal,)*) => {
        /// A function of the rule language. Each may be written `f(x, y)` or `x.f(y)`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum Function { $($variant,)* }

        impl Function {
            /// Every function.
            #[cfg(test)]
            pub(super) const ALL: &'static [Function] = &[$(Self::$variant),*];

            pub(super) fn named(name: &str) -> Option<Self> {
                match name { $($name => Some(Self::$variant),)* _ => None }
            }

            pub(super) fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// The least and the most arguments.
            pub(super) fn arity(self) -> (usize, usize) {
                match self { $(Self::$variant => ($least, $most),)* }
            }

            /// How it is called.
            pub(super) fn usage(self) -> &'static str {
                match self { $(Self::$variant => $usage,)* }
            }
        }
    };
}

functions! {
    Size "size" 1 1 "size(list or string)",
    Contains "contains" 2 2 "text.contains(part)",
    StartsWith "startsWith" 2 2 "text.startsWith(part)",
    EndsWith "endsWith" 2 2 "text.endsWith(part)",
    Matches "matches" 2 2 "text.matches(pattern)",
    Join "join" 1 2 "list.join(separator)",
    ToInt "int" 1 1 "int(x)",
    ToDouble "double" 1 1 "double(x)",
    ToText "string" 1 1 "string(x)",
    Decimals "decimals" 1 1 "decimals(number)",
    Sum "sum" 1 1 "sum(list)",
    Max "max" 1 1 "max(list)",
    Min "min" 1 1 "min(list)",
    Count "count" 1 3 "count(list), count(list, value) or count(list, field, value)",
    Distinct "distinct" 1 1 "distinct(list)",
    IsSorted "isSorted" 1 1 "isSorted(list)",
    Range "range" 1 2 "range(n) or range(from, to)",
    Lookup "lookup" 3 3 "lookup(list, field, value)",
    IndexOf "indexOf" 2 3 "indexOf(list, value) or indexOf(list, field, value)",
    Year "year" 1 1 "year(date)",
    Half "half" 1 1 "half(date)",
    Quarter "quarter" 1 1 "quarter(date)",
    Month "month" 1 1 "month(date)",
    Day "day" 1 1 "day(date)",
    Weekday "weekday" 1 1 "weekday(date)",
    Days "days" 1 1 "days(month)",
    Periods "periods" 2 2 "periods(year, n)",
    AddDays "addDays" 2 2 "addDays(date, n)",
    AddMonths "addMonths" 2 2 "addMonths(date, n)",
    DaysBetween "daysBetween" 2 2 "daysBetween(from, to)",
}

impl Function {
    /// Whether its second of so many arguments names a field of the list's items.
    pub(super) fn has_field(self, args: usize) -> bool {
        args == 3 && matches!(self, Self::Lookup | Self::IndexOf | Self::Count)
    }

    /// Whether it walks a whole list, so that its value is worth keeping.
    pub(super) fn is_costly(self) -> bool {
        matches!(
            self,
            Self::Sum
                | Self::Max
                | Self::Min
                | Self::Count
                | Self::Distinct
                | Self::IsSorted
                | Self::Days
                | Self::Periods
                | Self::Join
        )
    }
}
