//! Awkward texts, names and numbers: what peers lose, and what looks like a part of a form. The one list of them.

use serde_json::{Number, Value};

use crate::random::Random;

/// Texts that peers lose, and texts that look like parts of a form.
pub(crate) const TEXTS: &[&str] = &[
    "",
    "a",
    "第一分公司",
    " 前空格",
    "后空格 ",
    "　全角　",
    "\u{a0}nbsp\u{a0}",
    "=1+1",
    "=SUM(A1:A2)",
    "+1",
    "-1",
    "@x",
    "'007",
    "'",
    "007",
    "1.10",
    "1,234",
    "12.0",
    "2026-01-08",
    "2026-02-30",
    "2026/1/8",
    "2026年1月8日",
    "1月8日",
    "8:30",
    "23:59:60Z",
    "2026-01-08T08:30:00+08:00",
    "85%",
    "¥5",
    "TRUE",
    "false",
    "是",
    "否",
    "√",
    "■ 符合 □ 不符合",
    "#N/A",
    "#REF!",
    "null",
    " null ",
    "\"\"",
    "[]",
    "{}",
    "\"quoted\"",
    "\"null\"",
    "\"half",
    "\\",
    "\\u0041",
    "[\"a\"]",
    "[1, 2]",
    "{\"a\":1}",
    "无",
    "/",
    "—",
    "合计",
    "合 计：",
    "小计",
    "总计",
    "total",
    "注：见下",
    "注1",
    "备注：",
    "备注",
    "序号",
    "日期",
    "日期：2026-01-08",
    "单位：甲  日期：乙",
    "审核",
    "检查人：张工",
    "名称",
    "line\nbreak",
    "\nfirst",
    "last\n",
    "crlf\r\nend",
    "cr\rend",
    "tab\there",
    "_x000D_",
    "_x0041_",
    "_x005F_x0041_",
    "_X0041_",
    "_x00",
    "😀👨‍👩‍👧",
    "e\u{301}",
    "é",
    "Å",
    "ﬁ",
    "①",
    "\u{1}\u{1f}",
    "\u{0}",
    "\u{7f}\u{85}",
    "\u{fffe}",
    "\u{ffff}",
    "\u{10ffff}",
    "\u{2028}",
    "a、b",
    "、",
    "甲，乙",
    "甲/乙；丙",
    "XXX",
    "××项目",
    "{{name}}",
    "（从下拉框选择）",
    "费用合计",
    "汇总",
    "占比",
    "2026-01-05 星期一",
    "3/4/2026",
    "项目\\月份",
    "／",
    "姓名（选填）",
    "a,b",
    "a；b",
    "110101199003071234",
    "1101011990030712345678901234567890123456",
    "1e5",
    "1E400",
    "0",
    "-0",
    "0x1F",
    "NaN",
    "Infinity",
    "   ",
    " ",
    "　",
    "\n",
    "<b>&amp;</b>",
    "]]>",
    "<?xml?>",
    "\u{200b}",
    "\u{feff}x",
    "\u{202e}rtl",
    "一、总则",
    "（一）",
    "至",
    "2026-01-01至2026-12-31",
    "true",
    "12月底",
    "组内职务",
    "是否",
    "*",
    "(必填)",
    "→",
    "→ 7",
    "→ []",
    "→ {}",
    "→ 1",
    "…",
    "$",
    "@",
    "路径 path",
    "值 value",
    "$.a[0]",
    "['a.b']",
    "servers[0].name",
    "I",
    "ı",
    "ß",
    "SS",
];

/// Names of properties that a path, a heading or a program takes for something else.
pub(crate) const NAMES: &[&str] = &[
    "",
    " ",
    "  a",
    "a ",
    "a.b",
    "a/b",
    "a~b",
    "~0",
    "a[0]",
    "[]",
    "0",
    "1",
    "-1",
    "a'b",
    "a\"b",
    "a\\b",
    "a\nb",
    "a:b",
    "a：",
    "*a",
    "$",
    "@",
    "$schema",
    "$ref",
    "$id",
    "x-sheet",
    "properties",
    "type",
    "title",
    "items",
    "__proto__",
    "constructor",
    "Name",
    "name",
    "ＮＡＭＥ",
    "名称",
    "名 称",
    "标题",
    "合计",
    "小计",
    "序号",
    "备注",
    "注",
    "日期",
    "单位",
    "null",
    "true",
    "→",
    "→ []",
    "…",
    "路径 path",
    "值 value",
    "value",
    "金额(元)",
    "金额",
    "(必填)",
    "a_very_long_property_name_of_40_letters__",
    "=A1",
    "😀",
    "e\u{301}",
    "é",
    "\u{200b}",
    "line1\r\nline2",
    "\u{1}",
];

/// Names of properties as people choose them.
pub(crate) const PLAIN_NAMES: &[&str] = &[
    "id", "name", "unit", "owner", "count", "amount", "due", "done", "status", "note", "tags", "phone", "level",
    "site", "problem", "measure", "parts", "steps", "checked", "score", "from", "to", "kind", "code", "contact",
    "details",
];

/// Titles as offices choose them; `title`s of two properties are sometimes equal.
pub(crate) const TITLES: &[&str] = &[
    "序号",
    "名称",
    "单位",
    "责任人",
    "完成时限",
    "金额（元）",
    "金额",
    "备注",
    "日期",
    "状态",
    "问题描述",
    "整改措施",
    "联系方式",
    "数量",
    "合计",
    "是否完成",
    "检查人",
    "标题",
    "附件",
    "明细",
    "第一部分",
    "一、基本情况",
    "值",
    "Name",
    "Total",
    "填报单位（盖章）",
    "a very long title of a column that no sheet shows in one line, whatever its width may be",
];

impl Random {
    /// A text, plain or awkward.
    pub(crate) fn text(&mut self) -> String {
        let one = *self.pick(TEXTS);
        match self.below(24) {
            0..=3 => format!("{one}{}", self.pick(TEXTS)),
            4 => format!("{}{one}", self.pick(&[" ", "\u{a0}", "　", "'", "=", "\"", "_x"])),
            5 => format!("{one}{}", self.pick(&[" ", "\n", "\r\n", "\"", "：", "、"])),
            6..=8 => "普通内容".to_owned(),
            9 => "甲".repeat(1 + self.below(120)),
            10 if self.once_in(20) => self.long(),
            _ => one.to_owned(),
        }
    }

    /// A text about as long as a cell holds.
    fn long(&mut self) -> String {
        let length = *self.pick(&[255, 256, 8192, 32_766, 32_767, 32_768, 65_536]);
        self.pick(&["x", "长", "\n"]).repeat(length)
    }

    /// A key of an object that has no declared properties.
    pub(crate) fn key(&mut self) -> String {
        match self.below(3) {
            0 => (*self.pick(PLAIN_NAMES)).to_owned(),
            1 => self.text().chars().take(60).collect(),
            _ => (*self.pick(NAMES)).to_owned(),
        }
    }

    /// A whole number, small or awkward.
    pub(crate) fn whole(&mut self) -> Value {
        const WHOLE: &[i64] = &[
            0,
            1,
            -1,
            7,
            60,
            61,
            1900,
            2026,
            20_260_108,
            46_082,
            999_999_999_999_999,
            1_000_000_000_000_000,
            9_007_199_254_740_991,
            9_007_199_254_740_992,
            9_007_199_254_740_993,
            -9_007_199_254_740_993,
            110_101_199_003_071_234,
            i64::MAX,
            i64::MIN,
        ];
        match self.below(12) {
            0..=4 => self.between(-3, 3000).into(),
            5 => u64::MAX.into(),
            6 => (*self.pick(&[1.0, -0.0, 1e15, 1e16, 1e21, 12_345_678_901_234_567_890_123.0, 1e300])).into(),
            7 => self.between(i64::MIN, i64::MAX).into(),
            _ => (*self.pick(WHOLE)).into(),
        }
    }

    /// A number, small or awkward.
    pub(crate) fn number(&mut self) -> Value {
        const NUMBERS: &[f64] = &[
            0.1,
            0.3,
            -0.5,
            1.5,
            28.16,
            1_252.785_799_999_999_9,
            1.0 / 3.0,
            12_345.678,
            0.000_001,
            1e-7,
            1e308,
            -1e308,
            f64::MAX,
            f64::MIN_POSITIVE,
            5e-324,
            0.999_999_999_999_999,
            1e22,
            0.1 + 0.2,
        ];
        match self.below(6) {
            0 => self.whole(),
            1 => {
                Number::from_f64(self.between(-1_000_000, 1_000_000) as f64 / 100.0).map_or(Value::Null, Value::Number)
            }
            2 => loop {
                if let Some(number) = Number::from_f64(f64::from_bits(self.between(i64::MIN, i64::MAX) as u64)) {
                    break number.into();
                }
            },
            _ => (*self.pick(NUMBERS)).into(),
        }
    }

    /// Any JSON value.
    pub(crate) fn any(&mut self, depth: usize) -> Value {
        let deepest = if depth > 0 { 9 } else { 7 };
        match self.below(deepest) {
            0 => Value::Null,
            1 => self.chance(50).into(),
            2 => self.whole(),
            3 => self.number(),
            4 | 5 => self.text().into(),
            6 => self.pick(&[Value::Array(Vec::new()), serde_json::json!({}), "".into()]).clone(),
            7 => (0..self.below(4)).map(|_| self.any(depth - 1)).collect(),
            _ => {
                (0..self.below(4)).map(|_| (self.key(), self.any(depth - 1))).collect::<serde_json::Map<_, _>>().into()
            }
        }
    }
}

/// Patterns that a text is generated for.
pub(crate) const PATTERNS: &[&str] = &[
    "^[0-9]{4}-(0[1-9]|1[0-2])$",
    "^\\d{18}$",
    "^[A-Z]{2}-\\d{3}$",
    "^0\\d{2,3}-\\d{7,8}$",
    "^\\S+$",
    "x",
    "^(甲|乙|丙)$",
    "^=",
    "^$",
];

impl Random {
    /// A text that a pattern of [`PATTERNS`] takes; for others any.
    pub(crate) fn for_pattern(&mut self, pattern: &str) -> String {
        let digits = |random: &mut Self, count: usize| -> String {
            (0..count).map(|_| char::from(b'0' + random.below(10) as u8)).collect()
        };
        match pattern {
            "^[0-9]{4}-(0[1-9]|1[0-2])$" => {
                let year = if self.chance(80) { self.between(1900, 2100) } else { self.between(0, 9999) };
                format!("{year:04}-{:02}", self.between(1, 12))
            }
            "^\\d{18}$" => digits(self, 18),
            "^[A-Z]{2}-\\d{3}$" => format!("AB-{}", digits(self, 3)),
            "^0\\d{2,3}-\\d{7,8}$" => format!("021-{}", digits(self, 8)),
            "^\\S+$" => {
                let text: String = self.text().chars().filter(|c| !c.is_whitespace()).collect();
                if text.is_empty() || text.contains('\u{feff}') { "x".to_owned() } else { text }
            }
            "x" => format!("{}x", self.text()),
            "^(甲|乙|丙)$" => (*self.pick(&["甲", "乙", "丙"])).to_owned(),
            "^=" => format!("={}", self.text()),
            "^$" => String::new(),
            _ => self.text(),
        }
    }
}
