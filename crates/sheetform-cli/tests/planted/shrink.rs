//! Makes a failing plan small: fewer faults, plainer looks, fewer records, as long as it still fails in the same way.

use std::path::Path;

use crate::plan::Plan;
use crate::run;

pub(crate) fn shrink(folder: &Path, plan: &Plan) -> Plan {
    let kind = run::alone(folder, plan).kind();
    let still = |plan: &Plan| run::alone(folder, plan).kind() == kind;
    let mut best = plan.clone();
    for index in (0..best.faults.len()).rev() {
        let mut smaller = best.clone();
        smaller.faults.remove(index);
        if still(&smaller) {
            best = smaller;
        }
    }
    // Without a form's name the mark is needed.
    for look in plan.looks.0.keys().filter(|look| plan.named || **look != "own mark") {
        let mut smaller = best.clone();
        smaller.looks.0.remove(look);
        if still(&smaller) {
            best = smaller;
        }
    }
    for rows in 1..best.rows {
        let smaller = Plan { rows, ..best.clone() };
        if still(&smaller) {
            return smaller;
        }
    }
    best
}
