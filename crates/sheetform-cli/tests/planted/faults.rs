//! The faults: each changes a document or a sheet at one place, and leaves there what must be said of it. What follows from it
//! elsewhere (a rule broken, a key given twice) is worked out from the document afterwards.

use crate::doc::{Doc, Held, Row, Said, V, date, days, value};
use crate::form::{Band, Field, Form, Kind};
use crate::forms::{self, Made};
use crate::orders::{Beside, Extra, Line, Orders, Whole};
use crate::random::Random;
use crate::sheet::Shown;

/// Every fault of a workbook of records, and how often it is chosen.
pub(crate) const FAULTS: [(usize, &str); 40] = [
    (6, "wrong type"),
    (6, "missing value"),
    (5, "not in list"),
    (5, "out of range"),
    (4, "wrong format"),
    (5, "wrong length"),
    (4, "duplicate key"),
    (8, "other value"),
    (8, "broken rule"),
    (5, "optional value left out"),
    (5, "optional value filled in"),
    (8, "wrong total"),
    (2, "total without value"),
    (3, "wrong serial"),
    (2, "serials shifted"),
    (2, "empty serial"),
    (3, "damaged number"),
    (3, "uncached formula"),
    (3, "error cell"),
    (6, "converted"),
    (4, "edge blank"),
    (3, "prompt left"),
    (4, "missing column"),
    (3, "renamed column"),
    (3, "unknown column"),
    (3, "doubled column"),
    (3, "missing label"),
    (3, "stray cell"),
    (2, "note line"),
    (2, "section line"),
    (2, "serial lines"),
    (2, "head again"),
    (2, "title differs"),
    (1, "older mark"),
    (1, "newer mark"),
    (1, "another mark"),
    (1, "sheet twice"),
    (2, "sheet of notes"),
    (2, "missing table"),
    (2, "record below the foot"),
];

/// A place of the document.
#[derive(Clone, Copy, Debug)]
enum Place {
    Label(usize),
    Cell(usize, usize, usize),
}

struct Planter<'a> {
    form: &'a Form,
    made: Option<&'a Made>,
    doc: &'a mut Doc,
    orders: &'a mut Orders,
    random: Random,
}

/// Plants one; false where the document has no place for it.
pub(crate) fn plant(
    name: &str,
    form: &Form,
    made: Option<&Made>,
    doc: &mut Doc,
    orders: &mut Orders,
    seed: u64,
) -> bool {
    let mut planter = Planter { form, made, doc, orders, random: Random::new(seed, &[3]) };
    planter.plant(name).is_some()
}

impl Planter<'_> {
    fn plant(&mut self, name: &str) -> Option<()> {
        match name {
            "wrong type" => {
                let typed =
                    |f: &Field| matches!(f.kind, Kind::Integer | Kind::Number | Kind::Date | Kind::Flag | Kind::Month);
                let place = self.choose(|f, held| typed(f) && held.filled())?;
                let show =
                    Shown::Text((*self.random.pick(&["待定", "约五十", "尽快", "2026-02-30", "见附件"])).to_owned());
                self.unread(place, show, ("wrong-type", "error"));
            }
            "missing value" => {
                let place = self.choose(|f, held| f.required && !f.anchor && !f.serial && held.filled())?;
                self.empties(place)?;
                self.put(place, None, None, None);
            }
            "not in list" => {
                let place = self.choose(|f, held| matches!(f.kind, Kind::Choice(_)) && held.filled())?;
                self.unread(place, Shown::Text("另行商定".to_owned()), ("not-in-list", "error"));
            }
            "out of range" => {
                let bounded =
                    |f: &Field| f.least.is_some() || f.most.is_some() || f.above.is_some() || f.step.is_some();
                let place = self.choose(|f, held| f.is_number() && bounded(f) && held.filled())?;
                let field = self.field(place);
                let mut ways = Vec::new();
                ways.extend(field.least.map(|least| least - 100));
                ways.extend(field.above);
                ways.extend(field.most.map(|most| most + 100));
                let value = *self.random.pick(&ways);
                self.put(place, Some(V::Cents(value)), None, Some(("out-of-range", "error")));
            }
            "wrong format" => {
                let place = self.choose(|f, held| f.kind == Kind::Text && f.pattern.is_some() && held.filled())?;
                self.unread(place, Shown::Text("ab 12".to_owned()), ("wrong-format", "error"));
            }
            "wrong length" => {
                let sized = |f: &Field| f.max_length.is_some() || f.min_length > 1;
                let place =
                    self.choose(|f, held| f.kind == Kind::Text && f.pattern.is_none() && sized(f) && held.filled())?;
                let field = self.field(place);
                let length = field.max_length.map_or(field.min_length - 1, |most| most + 1);
                let text: String = "长".repeat(length);
                self.put(place, Some(V::Text(text)), None, Some(("wrong-length", "error")));
            }
            "duplicate key" => {
                let place = self.choose(|f, held| f.key && held.filled())?;
                let Place::Cell(table, row, column) = place else { return None };
                let other = self.random.below(self.doc.tables[table].len());
                let held = &self.doc.tables[table][other].cells[column];
                let value = held.value.clone()?;
                if other == row || held.touched {
                    return None;
                }
                self.put(place, Some(value), None, None);
            }
            "other value" => {
                let place = self.choose(|f, held| !f.serial && !f.merge && held.filled() && held.value.is_some())?;
                let field = self.field(place).clone();
                let other = value(&field, &mut self.random);
                self.put(place, Some(other), None, None);
            }
            "broken rule" => {
                let (table, row, column, value) = forms::breaking(self.made?, self.doc, &mut self.random)?;
                let held = &self.doc.tables[table][row].cells[column];
                let unread = self.orders.unread_columns();
                if held.touched || held.value.is_none() || unread.contains(&(table, column)) {
                    return None;
                }
                let least = self.form.tables[table].columns[column].least;
                let low = value.cents().is_some_and(|cents| least.is_some_and(|least| cents < least));
                self.put(Place::Cell(table, row, column), Some(value), None, low.then_some(("out-of-range", "error")));
            }
            "optional value left out" => {
                let place = self.choose(|f, held| !f.required && !f.merge && !f.anchor && held.filled())?;
                self.empties(place)?;
                self.put(place, None, None, None);
            }
            "optional value filled in" => {
                let place = self.choose(|f, held| !f.required && !f.merge && !held.filled())?;
                let field = self.field(place).clone();
                let some = value(&field, &mut self.random);
                self.put(place, Some(some), None, None);
            }
            "wrong total" | "total without value" => {
                let tables: Vec<(usize, usize)> = self.each_total();
                let (table, column) = *tables.get(self.random.below(tables.len()))?;
                let order = if name == "wrong total" {
                    (Shown::Number(7_777_777.5), "total-mismatch", "error")
                } else {
                    (Shown::Uncached, "uncached-formula", "info")
                };
                self.orders.totals.insert((table, column), order);
            }
            "wrong serial" | "empty serial" => {
                let place = self.choose(|f, held| f.serial && held.filled())?;
                let Place::Cell(_, row, _) = place else { return None };
                let wrong = (name == "wrong serial").then(|| V::Cents((row as i64 + 3) * 100));
                self.put(place, wrong, None, None);
            }
            "serials shifted" => {
                let Place::Cell(table, row, column) = self.choose(|f, held| f.serial && held.filled())? else {
                    return None;
                };
                let by = self.random.between(1, 5) * 100;
                for (index, record) in self.doc.tables[table].iter_mut().enumerate().skip(row) {
                    record.cells[column] = Held::new(Some(V::Cents((index as i64 + 1) * 100 + by)));
                    record.cells[column].touched = true;
                }
            }
            "damaged number" => {
                let place = self.choose(|f, held| f.kind == Kind::Text && f.pattern.is_none() && held.filled())?;
                self.unread(place, Shown::Number(110_101_199_003_071_234.0), ("damaged-number", "error"));
            }
            "uncached formula" => {
                let place = self.choose(|f, held| !f.serial && held.filled())?;
                self.unread(place, Shown::Uncached, ("uncached-formula", "error"));
            }
            "error cell" => {
                let place = self.choose(|f, held| !f.serial && held.filled())?;
                let error = *self.random.pick(&["#N/A", "#REF!", "#DIV/0!"]);
                self.unread(place, Shown::Error(error), ("error-cell", "error"));
            }
            "converted" => {
                let place = self.choose(|_, held| held.filled() && held.value.is_some())?;
                let field = self.field(place).clone();
                let held = self.held(place).value.clone()?;
                // The end of a month in words is its last day.
                if let (true, V::Day(day)) = (field.month_end, &held) {
                    let (year, month, of_month) = date(*day);
                    let last = day + days(year, month) - of_month;
                    let show = Shown::Text(format!("{year}年{month}月底"));
                    self.put(place, Some(V::Day(last)), Some(show), Some(("converted", "info")));
                    return Some(());
                }
                let show = converted(&field, &held, &mut self.random)?;
                self.put(place, Some(held), Some(show), Some(("converted", "info")));
            }
            "edge blank" => {
                let place =
                    self.choose(|f, held| f.kind == Kind::Text && f.pattern.is_none() && held.value.is_some())?;
                let V::Text(text) = self.held(place).value.clone()? else { return None };
                if self.field(place).max_length.is_some_and(|most| text.chars().count() >= most) {
                    return None;
                }
                let text = if self.random.chance(50) { format!("{text} ") } else { format!("\u{3000}{text}") };
                self.put(place, Some(V::Text(text)), None, Some(("edge-blank", "warning")));
            }
            "prompt left" => {
                let place =
                    self.choose(|f, held| f.kind == Kind::Text && f.pattern.is_none() && held.value.is_some())?;
                let text = (*self.random.pick(&["XXX", "（必填）", "{{name}}", "请填写"])).to_owned();
                let text = self.field(place).note.clone().unwrap_or(text);
                self.put(place, Some(V::Text(text)), None, Some(("prompt-left", "warning")));
            }
            "missing column" | "renamed column" | "doubled column" => {
                let table = self.table()?;
                let serials = |(of, _, line): &(usize, usize, Line)| *of == table && matches!(line, Line::Serials(_));
                if self.orders.lines.iter().any(serials) {
                    return None;
                }
                let description = &self.form.tables[table];
                let column = self.random.below(description.columns.len());
                let field = &description.columns[column];
                if self.orders.totals.contains_key(&(table, column)) {
                    return None;
                }
                if description.columns.len() < 4 || field.path.len() > 1 || field.inner || field.anchor {
                    return None;
                }
                match name {
                    "missing column" => self.orders.gone.push((table, column)),
                    "doubled column" => self.orders.doubled.push((table, column)),
                    _ => {
                        self.orders.renamed.insert((table, column), "补充材料".to_owned());
                    }
                }
            }
            "unknown column" => {
                let table = self.table()?;
                let place = self.random.below(self.form.tables[table].columns.len() + 2);
                self.orders.extra.push(Extra { table, place, heading: "照片编号".to_owned() });
            }
            "missing label" => {
                let place = self.choose_label(|f, _| f.path.len() == 1)?;
                // What stands below the foot needs one.
                if self.orders.below_foot.is_some() && self.foot().contains(&place) {
                    return None;
                }
                self.orders.no_label.push(place);
            }
            "stray cell" => {
                let table = self.shown_table()?;
                let row = self.random.below(self.doc.tables[table].len());
                let beside = if self.random.chance(60) {
                    Beside::Record(table, row)
                } else {
                    Beside::Below(self.random.below(4) as u32)
                };
                if self.orders.strays.iter().any(|(other, _)| *other == beside) {
                    return None;
                }
                self.orders.strays.push((beside, "核对过".to_owned()));
            }
            "note line" | "section line" | "serial lines" | "head again" => {
                let table = self.shown_table()?;
                let rows = &self.doc.tables[table];
                let at = match name {
                    "note line" => rows.len(),
                    _ => self.random.below(rows.len() + 1),
                };
                let inside = rows.get(at).is_some_and(|row| !row.begins || row.cells.iter().any(|held| held.covered));
                let serial = self.form.tables[table].columns.iter().any(|field| field.serial)
                    && !self.orders.head_touched(table);
                if inside || self.orders.lines.iter().any(|(of, ..)| *of == table) || name == "serial lines" && !serial
                {
                    return None;
                }
                let line = match name {
                    "note line" => Line::Note,
                    "section line" => Line::Section,
                    "serial lines" => Line::Serials(self.random.between(1, 3) as u32),
                    _ => Line::HeadAgain,
                };
                self.orders.lines.push((table, at, line));
            }
            "title differs" => {
                if self.orders.wrong_title.is_some() {
                    return None;
                }
                let names: Vec<usize> = (0..self.form.labels.len()).filter(|n| self.in_pattern(*n)).collect();
                let number = *names.get(self.random.below(names.len()))?;
                let mut other = self.doc.clone();
                let name = self.form.labels[number].name();
                let wrong = match other.label(self.form, &name)? {
                    V::Text(_) => V::Text("第九分公司".to_owned()),
                    V::Cents(cents) => V::Cents(cents - 100),
                    V::Month(year, month) => V::Month(year, month % 12 + 1),
                    _ => return None,
                };
                other.set_label(self.form, &name, Some(wrong));
                self.orders.wrong_title = Some(crate::place::title(self.form, &other));
            }
            "older mark" | "newer mark" | "another mark" | "sheet twice" | "sheet of notes" => {
                if self.orders.whole.is_some() {
                    return None;
                }
                self.orders.whole = Some(match name {
                    "older mark" => Whole::OlderMark,
                    "newer mark" => Whole::NewerMark,
                    "another mark" => Whole::AnotherMark,
                    "sheet twice" => Whole::Copy,
                    _ => Whole::Notes,
                });
            }
            "missing table" => {
                let table = self.table()?;
                let lines = self.orders.lines.iter().any(|(of, ..)| *of == table);
                if self.form.tables.len() < 2
                    || lines
                    || !self.orders.no_table.is_empty()
                    || self.orders.below_foot.is_some()
                {
                    return None;
                }
                self.orders.no_table.push(table);
                for row in &mut self.doc.tables[table] {
                    for held in &mut row.cells {
                        *held = Held { unread: true, touched: true, ..Held::new(None) };
                    }
                }
            }
            "record below the foot" => {
                let last = self.form.tables.len() - 1;
                let table = &self.form.tables[last];
                let there = |label: &usize| self.doc.labels[*label].filled() && !self.orders.no_label.contains(label);
                let foot = self.foot().iter().any(there);
                let ready = !self.orders.head_touched(last) && self.orders.below_foot.is_none();
                if !foot || table.nested() || !ready {
                    return None;
                }
                // It looks like one: all that is needed is there, and something typed.
                let like = |row: &Row| {
                    let mut cells = table.columns.iter().zip(&row.cells);
                    let typed = |(field, held): (&Field, &Held)| {
                        !matches!(field.kind, Kind::Text | Kind::List) && held.value.is_some() && !held.covered
                    };
                    cells.clone().all(|(field, held)| !held.touched && (held.filled() || !field.required))
                        && cells.any(typed)
                };
                let rows: Vec<usize> =
                    (0..self.doc.tables[last].len()).filter(|row| like(&self.doc.tables[last][*row])).collect();
                let record = *rows.get(self.random.below(rows.len()))?;
                self.orders.below_foot = Some(record);
                for held in &mut self.doc.tables[last][record].cells {
                    held.touched = true;
                }
            }
            _ => return None,
        }
        Some(())
    }

    fn field(&self, place: Place) -> &Field {
        match place {
            Place::Label(number) => &self.form.labels[number],
            Place::Cell(table, _, column) => &self.form.tables[table].columns[column],
        }
    }

    fn held(&mut self, place: Place) -> &mut Held {
        match place {
            Place::Label(number) => &mut self.doc.labels[number],
            Place::Cell(table, row, column) => &mut self.doc.tables[table][row].cells[column],
        }
    }

    /// Whether a label is part of the title's pattern.
    fn in_pattern(&self, number: usize) -> bool {
        let name = self.form.labels[number].name();
        !self.form.labels[number].in_title
            && (self.form.title.contains(&format!("{{{name}}}")) || self.form.title.contains(&format!("{{{name}:")))
    }

    /// A label that no fault has touched.
    fn choose_label(&mut self, wanted: impl Fn(&Field, &Held) -> bool) -> Option<usize> {
        let labels = self.form.labels.iter().zip(&self.doc.labels).enumerate();
        let free = |number: usize, held: &Held, field: &Field| {
            !held.touched && !field.in_title && !self.in_pattern(number) && !self.orders.no_label.contains(&number)
        };
        let all: Vec<usize> =
            labels.filter(|(n, (f, held))| free(*n, held, f) && wanted(f, held)).map(|(n, _)| n).collect();
        all.get(self.random.below(all.len())).copied()
    }

    /// A place that no fault has touched.
    fn choose(&mut self, wanted: impl Fn(&Field, &Held) -> bool) -> Option<Place> {
        let mut all: Vec<Place> = Vec::new();
        for (number, (field, held)) in self.form.labels.iter().zip(&self.doc.labels).enumerate() {
            let free = !held.touched && !field.in_title && !self.in_pattern(number);
            if free && !self.orders.no_label.contains(&number) && wanted(field, held) {
                all.push(Place::Label(number));
            }
        }
        let unread = self.orders.unread_columns();
        for (table, (description, rows)) in self.form.tables.iter().zip(&self.doc.tables).enumerate() {
            for (row, record) in rows.iter().enumerate() {
                for (column, field) in description.columns.iter().enumerate() {
                    let held = &record.cells[column];
                    let free = !held.touched && !held.covered && !unread.contains(&(table, column));
                    if free && (record.begins || field.inner) && wanted(field, held) {
                        all.push(Place::Cell(table, row, column));
                    }
                }
            }
        }
        all.get(self.random.below(all.len())).copied()
    }

    /// The labels below the last table.
    fn foot(&self) -> &[usize] {
        if let Some(Band::Labels(list)) = self.form.bands.last() { list } else { &[] }
    }

    /// A table that is on the sheet.
    fn shown_table(&mut self) -> Option<usize> {
        let table = self.random.below(self.form.tables.len());
        (!self.orders.no_table.contains(&table)).then_some(table)
    }

    /// A table whose head has no fault yet.
    fn table(&mut self) -> Option<usize> {
        let table = self.random.below(self.form.tables.len());
        let touched = self.doc.tables[table].iter().any(|row| row.cells.iter().any(|held| held.touched));
        let stray =
            self.orders.strays.iter().any(|(beside, _)| matches!(beside, Beside::Record(of, _) if *of == table));
        let below = self.orders.below_foot.is_some() && table + 1 == self.form.tables.len();
        (!self.orders.head_touched(table) && !touched && !stray && !below).then_some(table)
    }

    fn each_total(&self) -> Vec<(usize, usize)> {
        let tables = self.form.tables.iter().enumerate();
        let all = tables.flat_map(|(table, description)| description.totals.iter().map(move |column| (table, *column)));
        let all = all.filter(|(table, _)| !self.orders.no_table.contains(table));
        all.filter(|one| !self.orders.totals.contains_key(one) && !self.orders.unread_columns().contains(one)).collect()
    }

    /// A record keeps two filled cells beside its serial, else its line is none.
    fn empties(&mut self, place: Place) -> Option<()> {
        let Place::Cell(table, row, column) = place else { return Some(()) };
        let columns = &self.form.tables[table].columns;
        let cells = self.doc.tables[table][row].cells.iter().enumerate();
        let rest = cells.filter(|(n, held)| *n != column && !columns[*n].serial && held.filled() && !columns[*n].merge);
        let rest: Vec<usize> = rest.map(|(n, _)| n).collect();
        // An inner record is there by what it holds itself.
        if columns[column].inner && !rest.iter().any(|n| columns[*n].inner) {
            return None;
        }
        (rest.len() >= 2).then_some(())
    }

    fn put(&mut self, place: Place, value: Option<V>, show: Option<Shown>, says: Option<Said>) {
        let held = self.held(place);
        held.value = value;
        held.show = show;
        held.says.extend(says);
        held.touched = true;
    }

    fn unread(&mut self, place: Place, show: Shown, says: Said) {
        self.put(place, None, Some(show), Some(says));
        self.held(place).unread = true;
    }
}

/// Another way to write a value, one that is read and said.
fn converted(field: &Field, value: &V, random: &mut Random) -> Option<Shown> {
    Some(match (&field.kind, value) {
        (Kind::Date, V::Day(day)) => {
            let (year, month, of_month) = date(*day);
            match random.below(4) {
                0 => Shown::Text(format!("{year}年{month}月{of_month}日")),
                1 => Shown::Text(format!("{year}/{month}/{of_month}")),
                2 => Shown::Number((year * 10_000 + month * 100 + of_month) as f64),
                _ => Shown::Date(*day as f64 + 0.5, "yyyy-mm-dd hh:mm"),
            }
        }
        (Kind::Month, V::Month(year, month)) => Shown::Text(format!("{year}年{month}月")),
        (Kind::Integer | Kind::Number, V::Cents(cents)) if !field.serial => {
            let plain = crate::doc::number(*cents).to_string();
            match (random.below(2), &field.unit) {
                (0, Some(unit)) => Shown::Text(format!("{plain}{unit}")),
                _ => Shown::Text(plain),
            }
        }
        (Kind::Flag, V::Flag(flag)) => Shown::Text(if *flag { "是" } else { "否" }.to_owned()),
        (Kind::Choice(_), V::Text(text)) if text.chars().count() > 1 => Shown::Text(format!(" {text} ")),
        _ => return None,
    })
}
