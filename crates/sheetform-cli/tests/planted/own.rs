//! Tests of the tester: what it plants is what it says, and it does see a difference.

use libtest_mimic::Failed;

use crate::build::{self, SHIPPED};
use crate::doc::{date, day, days};
use crate::made;
use crate::plan::{FormOf, Looks, Plan};
use crate::run;
use crate::shipped;
use crate::view::View;

/// A finding that is not expected, one that does not come, and one at another cell.
pub(crate) fn difference() -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let plan = Plan {
        form: FormOf::Shipped("inspection-ledger"),
        seed: 5,
        rows: 6,
        looks: Looks::default(),
        named: true,
        day: true,
        faults: vec![("not in list", 1), ("edge blank", 2)],
    };
    let planted = || {
        let mut one = build::build(&plan);
        one.expected.sort();
        one
    };
    let differs = |one: build::Planted| run::validate(folder.path(), std::slice::from_ref(&plan), &[one]).pop();
    let same = differs(planted()).ok_or("an answer")?;
    if planted().expected.len() < 2 || !same.is_none() {
        return Err(format!("{same:?}").into());
    }
    let mut fewer = planted();
    let left_out = fewer.expected.pop().ok_or("a finding")?;
    let extra = differs(fewer).ok_or("an answer")?;
    if extra.extra.len() != 1 || extra.extra[0].0 != left_out || !extra.lacking.is_empty() {
        return Err(format!("left out: {extra:?}").into());
    }
    let mut moved = planted();
    moved.expected[0].cell = Some("ZZ9".to_owned());
    let elsewhere = differs(moved).ok_or("an answer")?;
    if elsewhere.extra.len() != 1 || elsewhere.lacking.len() != 1 {
        return Err(format!("moved: {elsewhere:?}").into());
    }
    Ok(())
}

/// A document without faults breaks none of its form's rules as the planter tells them.
pub(crate) fn valid() -> Result<(), Failed> {
    for id in SHIPPED {
        let form = build::shipped_form(id);
        for seed in 0..40 {
            let doc = made::document(form, seed, 8);
            let (year, month, of_month) = shipped::TODAY;
            let view = View { form, doc: &doc, today: Some(day(year, month, of_month)), doubled: &[] };
            let broken = shipped::broken(&view);
            if !broken.is_empty() {
                return Err(format!("{id} {seed}: {broken:?}").into());
            }
        }
    }
    Ok(())
}

/// Days as a sheet counts them.
pub(crate) fn calendar() -> Result<(), Failed> {
    let known = [(61, (1900, 3, 1)), (44_197, (2021, 1, 1)), (45_351, (2024, 2, 29)), (46_082, (2026, 3, 1))];
    for (serial, (year, month, of_month)) in known {
        if day(year, month, of_month) != serial || date(serial) != (year, month, of_month) {
            return Err(format!("{serial}").into());
        }
    }
    if days(2024, 2) == 29 && days(2025, 2) == 28 && days(2025, 12) == 31 { Ok(()) } else { Err("days".into()) }
}
