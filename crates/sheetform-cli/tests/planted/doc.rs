//! A document as the planter holds it: every value with what its cell shows and what must be said of it.

use crate::form::{Field, Form, Kind};
use crate::random::Random;
use crate::sheet::Shown;

/// A value; numbers in hundredths, days as a sheet counts them.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum V {
    Text(String),
    Cents(i64),
    Day(i64),
    Month(i64, i64),
    Flag(bool),
    List(Vec<String>),
}

/// A code and a severity.
pub(crate) type Said = (&'static str, &'static str);

/// One place of the document.
#[derive(Clone, Debug, Default)]
pub(crate) struct Held {
    /// What is read; `None` where nothing is.
    pub(crate) value: Option<V>,
    /// Something stands there that cannot be read.
    pub(crate) unread: bool,
    /// What the cell shows, where it is not the value as usual.
    pub(crate) show: Option<Shown>,
    /// What is said of it, whatever stands elsewhere.
    pub(crate) says: Vec<Said>,
    /// Its cell is a part of the merge that begins above.
    pub(crate) covered: bool,
    /// How many rows its own merge takes.
    pub(crate) rows: u32,
    /// A fault was planted here.
    pub(crate) touched: bool,
}

impl Held {
    pub(crate) fn new(value: Option<V>) -> Self {
        Self { value, rows: 1, ..Self::default() }
    }

    /// Whether its cell has something in it.
    pub(crate) fn filled(&self) -> bool {
        self.show.is_some() || self.value.is_some() && !self.covered
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub(crate) cells: Vec<Held>,
    /// Of a nested table: the outer record begins here.
    pub(crate) begins: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct Doc {
    pub(crate) labels: Vec<Held>,
    pub(crate) tables: Vec<Vec<Row>>,
}

impl Doc {
    pub(crate) fn label(&self, form: &Form, name: &str) -> Option<V> {
        form.label(name).and_then(|number| self.labels[number].value.clone())
    }

    pub(crate) fn set_label(&mut self, form: &Form, name: &str, value: Option<V>) {
        if let Some(number) = form.label(name) {
            self.labels[number] = Held::new(value);
        }
    }

    pub(crate) fn set(&mut self, form: &Form, table: &str, row: usize, column: &str, value: Option<V>) {
        if let Some(table) = form.table(table)
            && let Some(column) = form.tables[table].column(column)
        {
            self.tables[table][row].cells[column] = Held::new(value);
        }
    }

    /// Numbers the rows of each table.
    pub(crate) fn number(&mut self, form: &Form) {
        for (table, rows) in form.tables.iter().zip(&mut self.tables) {
            for (column, _) in table.columns.iter().enumerate().filter(|(_, field)| field.serial) {
                for (row, record) in rows.iter_mut().enumerate() {
                    record.cells[column] = Held::new(Some(V::Cents((row as i64 + 1) * 100)));
                }
            }
        }
    }
}

/// The looks a date cell may have.
pub(crate) const DAYS: [&str; 4] = ["yyyy-mm-dd", "yyyy/m/d", "yyyy\"年\"m\"月\"d\"日\"", "m/d/yyyy"];

/// What a cell shows of a value.
pub(crate) fn shown(value: &V, field: &Field, look: usize) -> Shown {
    match value {
        V::Text(text) => Shown::Text(text.clone()),
        V::Cents(cents) => Shown::Number(number(*cents)),
        V::Day(day) => Shown::Date(*day as f64, DAYS[look % DAYS.len()]),
        V::Month(year, month) => Shown::Date(day(*year, *month, 1) as f64, ["yyyy-mm", "yyyy\"年\"m\"月\""][look % 2]),
        V::Flag(flag) => Shown::Flag(*flag),
        V::List(list) => Shown::Text(list.join(&field.separator)),
    }
}

/// Hundredths as a number.
pub(crate) fn number(cents: i64) -> f64 {
    format!("{}.{:02}", cents / 100, cents.abs() % 100)
        .parse()
        .map_or(0.0, |n: f64| if cents < 0 && n > 0.0 { -n } else { n })
}

/// The day of a date as a sheet counts it, 1 January 1900 being 1 (from March 1900 on).
pub(crate) fn day(year: i64, month: i64, day: i64) -> i64 {
    let shifted = if month <= 2 { year - 1 } else { year };
    let era = shifted.div_euclid(400);
    let of_era = shifted - era * 400;
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468 + 25_569
}

/// Year, month and day of a day.
pub(crate) fn date(serial: i64) -> (i64, i64, i64) {
    let days = serial - 25_569 + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days - era * 146_097;
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let shifted = (5 * of_year + 2) / 153;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    (year + era * 400 + i64::from(month <= 2), month, of_year - (153 * shifted + 2) / 5 + 1)
}

/// The number of days of a month.
pub(crate) fn days(year: i64, month: i64) -> i64 {
    let (next_year, next) = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
    day(next_year, next, 1) - day(year, month, 1)
}

const PLACES: [&str; 10] =
    ["一号仓库", "配电室", "档案室", "东侧通道", "机房", "客户接待室", "装卸平台", "二层办公室", "备件库", "门卫室"];
const THINGS: [&str; 10] =
    ["灭火器", "应急灯", "门锁", "登记册", "备份磁带", "电缆", "货架", "温湿度计", "疏散标志", "工具柜"];
const DEEDS: [&str; 10] = [
    "逐一核对",
    "及时更换",
    "按月保养",
    "登记造册",
    "限期清理",
    "上锁保管",
    "重新张贴",
    "送检校准",
    "定期测试",
    "补齐记录",
];

/// A text that no form knows.
pub(crate) fn words(random: &mut Random) -> String {
    let (place, thing, deed) = (random.pick(&PLACES), random.pick(&THINGS), random.pick(&DEEDS));
    let number = random.below(900) + 100;
    match random.below(8) {
        0 => format!("{place}{thing}{deed}\n第{number}号"),
        1 => format!("{place}{thing}，{deed}（{number}）"),
        2 => format!("{deed}{thing}{number}件；{place}"),
        3 => format!("{place}的{thing}须{deed}，编号{number}，完成后由两人复核并签字"),
        _ => format!("{place}{thing}{deed}{number}"),
    }
}

/// A value that a place of the form takes.
pub(crate) fn value(field: &Field, random: &mut Random) -> V {
    match &field.kind {
        Kind::Text => V::Text(text(field, random)),
        Kind::Integer => V::Cents(cents(field, random) / 100 * 100),
        Kind::Number => V::Cents(cents(field, random)),
        Kind::Date => V::Day(day(2026, 1, 1) + random.between(0, 364)),
        Kind::Month => V::Month(2026, random.between(1, 12)),
        Kind::Flag => V::Flag(random.chance(50)),
        Kind::Choice(list) => V::Text(random.pick(list).clone()),
        Kind::List => V::List(
            (0..=random.below(3)).map(|_| format!("{}{}", random.pick(&PLACES), random.below(90) + 10)).collect(),
        ),
    }
}

fn text(field: &Field, random: &mut Random) -> String {
    if field.pattern.is_some() {
        return format!("AB-{:03}", random.below(1000));
    }
    let mut text = words(random);
    if let Some(most) = field.max_length
        && text.chars().count() > most
    {
        text = text.chars().filter(|c| *c != '\n').take(most).collect();
    }
    text
}

fn cents(field: &Field, random: &mut Random) -> i64 {
    let least = field.least.or(field.above.map(|above| above + 100)).unwrap_or(0);
    let most = field.most.unwrap_or(least + 500_000);
    let whole = random.chance(50) && least % 100 == 0;
    let number = random.between(least, most);
    let number = if whole { (number / 100 * 100).max(least) } else { number };
    field.step.map_or(number, |step| number / step * step)
}
