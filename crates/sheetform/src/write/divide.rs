//! Divides columns of a sheet among cells that want widths: the cells of a label row, the columns of a narrow table.

/// What a cell wants of its width, in characters.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Want {
    /// What it would like.
    pub width: f64,
    /// Below this it could not be read.
    pub least: f64,
    /// Whether its column may be made wider to fill the page.
    pub grows: bool,
    /// Whether more than it likes does it good where there is more.
    pub spreads: bool,
}

impl Want {
    /// A cell that should be as wide as said, and no wider.
    pub(super) fn fixed(width: f64) -> Self {
        Self { width, least: width, grows: false, spreads: false }
    }

    /// Wide enough for both.
    pub(super) fn or(self, other: Self) -> Self {
        Self {
            width: self.width.max(other.width),
            least: self.least.max(other.least),
            grows: self.grows || other.grows,
            spreads: self.spreads || other.spreads,
        }
    }
}

/// Columns that one cell takes: first, and the one behind the last.
pub(super) type Block = (u32, u32);

/// With more columns than this, all but the last cell get one each.
const SMALL: usize = 200;

/// Gives each want a block of neighbouring columns, at least one, all columns used. Boundaries in `liked` cost less.
pub(super) fn divide(widths: &[f64], wants: &[Want], first: u32, liked: &[u32]) -> Vec<Block> {
    let (n, k) = (widths.len(), wants.len());
    if k == 0 {
        return Vec::new();
    }
    if n <= k || n > SMALL {
        let end = |i: usize| if i + 1 == k { n.max(k) } else { i + 1 };
        return (0..k).map(|i| (first + i as u32, first + end(i) as u32)).collect();
    }
    let mut sums = vec![0.0];
    for width in widths {
        sums.push(sums.last().copied().unwrap_or(0.0) + width);
    }
    let total = sums[n].max(1.0);
    let targets = targets(wants, total);
    // best[i][b]: the least cost of giving the first i wants the first b columns, and where the last of them begins.
    let mut best = vec![vec![(f64::INFINITY, 0_usize); n + 1]; k + 1];
    best[0][0] = (0.0, 0);
    for i in 1..=k {
        for b in i..=n - (k - i) {
            for a in i - 1..b {
                let liking = if a == 0 || liked.contains(&(first + a as u32)) { 0.0 } else { 0.02 };
                let cost = best[i - 1][a].0 + cost(wants[i - 1], targets[i - 1], sums[b] - sums[a], total) + liking;
                if cost < best[i][b].0 - 1e-9 {
                    best[i][b] = (cost, a);
                }
            }
        }
    }
    let mut blocks = Vec::with_capacity(k);
    let mut end = n;
    for i in (1..=k).rev() {
        let begin = best[i][end].1;
        blocks.push((first + begin as u32, first + end as u32));
        end = begin;
    }
    blocks.reverse();
    blocks
}

/// What each would have if the columns could be cut anywhere.
fn targets(wants: &[Want], total: f64) -> Vec<f64> {
    let spare = (total - wants.iter().map(|want| want.width).sum::<f64>()).max(0.0);
    let spreading: f64 = wants.iter().filter(|want| want.spreads).map(|want| want.width).sum();
    let one = |want: &Want| if want.spreads { want.width * (1.0 + spare / spreading) } else { want.width };
    wants.iter().map(one).collect()
}

fn cost(want: Want, target: f64, width: f64, total: f64) -> f64 {
    // A column that is a little too narrow is made wider afterwards.
    let lacks = 3.0 * (want.least - width).max(0.0) / total;
    let off = (width - target) / target.max(1.0);
    lacks
        + match off {
            off if off < 0.0 => off * off,
            off if want.spreads => off * off * 0.1,
            off => off * off * 0.1 + off * 0.02,
        }
}

/// Whether a division is poor: a cell that should be narrow is very wide, or one can hardly be read.
pub(super) fn is_poor(widths: &[f64], wants: &[Want], blocks: &[Block], first: u32) -> bool {
    blocks.iter().zip(wants).any(|(block, want)| {
        let columns = &widths[(block.0 - first) as usize..(block.1 - first) as usize];
        let width: f64 = columns.iter().sum();
        (!want.spreads && width > (want.width * 2.0).max(22.0)) || width < want.least * 0.7
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_take_narrow_columns_and_values_wide_ones() {
        let label = Want::fixed(8.0);
        let value = Want { width: 20.0, least: 8.0, grows: true, spreads: true };
        let widths = [8.0, 30.0, 12.0, 12.0, 14.0, 14.0];
        assert_eq!(divide(&widths, &[label, value, label, value], 0, &[]), [(0, 1), (1, 2), (2, 3), (3, 6)]);
        assert_eq!(divide(&[10.0, 10.0], &[label, value], 3, &[]), [(3, 4), (4, 5)]);
    }
}
