//! Values and rules: what is filled in is not what the form asks for.

use super::{Entry, Page};

pub(super) static WRONG_TYPE: Entry = Entry {
    en: Page {
        title: "A value of another type than the form asks for",
        means: "The form wants a date, a number or a yes or no here. What stands in the cell cannot be read as one. \
                Numbers and dates typed as text are no problem; words in their place are.",
        matters: "A date that is no date cannot be compared with a deadline, and a number that is none cannot be added up.",
        mend: "Type the value the way the form asks for it: a full date such as 2026-03-31, a number without words. \
               Put remarks such as \"about\" or \"end of March\" in the remarks column.",
        example: include_str!("examples/wrong-type.en.txt"),
    },
    zh: Page {
        title: "值的类型与表单要求不符",
        means: "这一格应填日期、数字或是/否，填写的内容却读不出来。\
                以文本形式填写的数字和日期可以识别，用文字代替则不行。",
        matters: "不是日期就无法与期限比较，不是数字就无法合计。",
        mend: "请按要求重填：日期写全年月日，如 2026-03-31；数字不带文字。“约”“月底前”之类的说明请写在备注栏。",
        example: include_str!("examples/wrong-type.zh.txt"),
    },
};

pub(super) static MISSING_VALUE: Entry = Entry {
    en: Page {
        title: "A required value is not there",
        means: "The form asks for a value here, and the cell is empty.",
        matters: "Whoever receives the sheet cannot tell whether the value was forgotten or does not exist.",
        mend: "Fill in the cell that is named. If the whole row was begun by mistake, clear the row. \
               A word such as \"none\" helps only where the form allows it.",
        example: include_str!("examples/missing-value.en.txt"),
    },
    zh: Page {
        title: "缺少必填的值",
        means: "这一格是必填项，但没有填写。",
        matters: "收表的人无法判断是漏填，还是本来就没有。",
        mend: "请在指出的单元格中填写。如果整行是误填，请清空整行。只有表单允许时，才能填“无”。",
        example: include_str!("examples/missing-value.zh.txt"),
    },
};

pub(super) static NOT_IN_LIST: Entry = Entry {
    en: Page {
        title: "A value outside the list",
        means: "Only certain words may stand here, and this is not one of them. Blanks, full-width letters and \
                upper case do not count (the word is then read, with a note); every other character does.",
        matters: "Rows are counted and chosen by these words. A word of its own is counted nowhere.",
        mend: "Choose one of the words that the message names, or pick it from the drop-down list. \
               If a fitting word is missing, ask whoever issued the form.",
        example: include_str!("examples/not-in-list.en.txt"),
    },
    zh: Page {
        title: "值不在可选范围内",
        means: "这一格只能填规定的几个词，现在填的不是其中之一。空格、全角字母和大小写不影响（仍可读取，并给出提示），其他字符必须完全一致。",
        matters: "统计和筛选都按这些词进行，自造的词哪一类都统计不到。",
        mend: "请改用提示中列出的词，或从下拉列表中选择。如果确实没有合适的词，请与下发表格的单位联系。",
        example: include_str!("examples/not-in-list.zh.txt"),
    },
};

pub(super) static OUT_OF_RANGE: Entry = Entry {
    en: Page {
        title: "A number outside its bounds",
        means: "The number is smaller than the least or larger than the greatest that the form allows, or not a multiple \
                of the step it asks for.",
        matters: "It is most often a slip: a digit too many, a wrong unit, a percentage written as a whole number.",
        mend: "Compare the number with its source, and mind the unit in the heading. \
               If the number is right, ask whoever issued the form whether the bound is.",
        example: include_str!("examples/out-of-range.en.txt"),
    },
    zh: Page {
        title: "数字超出范围",
        means: "数字小于表单规定的最小值，或大于最大值，或不是规定步长的整数倍。",
        matters: "多数是笔误：多打一位数字、单位弄错，或者把百分数写成了整数。",
        mend: "请与原始资料核对，并注意表头中的单位。如果数字无误，请向下发表格的单位确认范围是否合适。",
        example: include_str!("examples/out-of-range.zh.txt"),
    },
};

pub(super) static WRONG_FORMAT: Entry = Entry {
    en: Page {
        title: "A text that does not follow its pattern",
        means: "Texts of this column have a fixed shape, such as a telephone number, an identifier or a month, and this \
                one has another.",
        matters: "Such texts are looked up and compared by programs. One wrong character and nothing is found.",
        mend: "Compare the text with its source character by character. Look for blanks, for full-width letters and \
               digits, for the letter O in place of the digit 0.",
        example: include_str!("examples/wrong-format.en.txt"),
    },
    zh: Page {
        title: "文本格式不对",
        means: "这一列的文本有固定格式，例如电话、编号或月份，这里填的不符合。",
        matters: "这类文本要由程序查找和比对，错一个字符就查不到。",
        mend: "请与原始资料逐字核对。留意空格、全角的字母和数字，以及把数字 0 打成字母 O 的情况。",
        example: include_str!("examples/wrong-format.zh.txt"),
    },
};

pub(super) static WRONG_LENGTH: Entry = Entry {
    en: Page {
        title: "Too long or too short",
        means: "A text has more or fewer characters than the form allows, or a list more or fewer items. \
                For a table it means too many or too few rows.",
        matters: "A text cut short has often lost its end when it was copied. An empty table says that nothing was done.",
        mend: "Shorten the text, complete it, or add the rows that are missing. Several values in one cell need the mark \
               between them that the form expects.",
        example: include_str!("examples/wrong-length.en.txt"),
    },
    zh: Page {
        title: "过长或过短",
        means: "文本的字数或列表的项数超出或少于表单规定。对一张表来说，就是行数过多或过少。",
        matters: "过短的文本往往是复制时丢了后半段；表格为空，等于说什么也没有做。",
        mend: "请删减或补全文本，或补上缺少的行。一格内填多个值时，请用表单规定的符号隔开。",
        example: include_str!("examples/wrong-length.zh.txt"),
    },
};

pub(super) static DUPLICATE_KEY: Entry = Entry {
    en: Page {
        title: "Two rows alike in what must tell them apart",
        means: "No two rows may have the same value in this column, or in these columns together. The finding stands on \
                the later row and names the earlier one.",
        matters: "Programs know a row by this value. With two alike, one of them is taken for the other or counted twice.",
        mend: "If the row was entered twice, delete one of them. If they are different things, give one of them its own \
               name or number.",
        example: include_str!("examples/duplicate-key.en.txt"),
    },
    zh: Page {
        title: "应当唯一的值重复",
        means: "这一列（或这几列合起来）不允许有两行相同。问题标在后一行，并指出前一行的位置。",
        matters: "程序靠这个值区分各行。两行相同，就会互相混淆或重复统计。",
        mend: "如果是重复录入，请删去一行。如果是两件不同的事物，请给其中一个改名或另编号。",
        example: include_str!("examples/duplicate-key.zh.txt"),
    },
};

pub(super) static UNKNOWN_PROPERTY: Entry = Entry {
    en: Page {
        title: "A property that the form does not know",
        means: "A JSON document holds a name that is not in the form, and the form allows no others. \
                A sheet cannot have this problem.",
        matters: "The value has no place on the sheet and would be lost. Often the name is only misspelt, and the right \
                  one is missing.",
        mend: "Correct the name, or remove the property. Names are told apart by capital letters too. \
               The names of the form are shown by: sheetform forms show ID.",
        example: include_str!("examples/unknown-property.en.txt"),
    },
    zh: Page {
        title: "表单中没有的属性",
        means: "JSON 文档中有一个表单没有定义的名称，而表单不允许多余的名称。工作表不会有这个问题。",
        matters: "这个值在表上没有位置，会丢失。常见的原因是名称拼错，正确的那一项反而缺失。",
        mend: "请改正名称，或删去这一项。名称区分大小写。表单中的名称可用命令查看：sheetform forms show ID。",
        example: include_str!("examples/unknown-property.zh.txt"),
    },
};

pub(super) static WRONG_SHAPE: Entry = Entry {
    en: Page {
        title: "A value that fits none of the ways allowed",
        means: "The form allows this part to be given in one of several ways. What stands here is none of them, or fits \
                more than one where only one may fit.",
        matters: "A program that reads it cannot tell which way was meant.",
        mend: "Decide on one of the ways that the form allows and give all of it, and nothing of the others.",
        example: include_str!("examples/wrong-shape.en.txt"),
    },
    zh: Page {
        title: "不属于允许的任何一种填法",
        means: "表单规定这一部分可以有几种填法。现在的内容哪一种都不是，或者在只能选一种时同时符合几种。",
        matters: "读取它的程序无法判断是哪一种意思。",
        mend: "请选定一种填法，把它填全，不要混入其他填法的内容。",
        example: include_str!("examples/wrong-shape.zh.txt"),
    },
};

pub(super) static RULE: Entry = Entry {
    en: Page {
        title: "A rule of the form is broken",
        means: "Each cell may be right by itself, but together they break a rule of the form, such as \"a problem needs a \
                deadline\" or \"the end is not before the start\". The message is the rule in words.",
        matters: "The rule says what a sheet must be to be accepted. Values that contradict each other cannot both be true.",
        mend: "Look at the cells that the message speaks of, not only at the one it stands on. Correct the one that is wrong.",
        example: include_str!("examples/rule.en.txt"),
    },
    zh: Page {
        title: "不符合表单的规则",
        means: "单看每一格可能都没错，但合在一起违反了表单的规则，例如“有问题的须填完成时限”“结束日期不早于开始日期”。\
                提示的文字就是规则本身。",
        matters: "表格能否通过由这些规则决定。互相矛盾的内容不可能都是真的。",
        mend: "请查看提示中说到的各个单元格，不要只看标出的那一格。把其中错误的一处改正。",
        example: include_str!("examples/rule.zh.txt"),
    },
};

pub(super) static RULE_FAILED: Entry = Entry {
    en: Page {
        title: "A rule could not be evaluated",
        means: "A rule of the form stopped while it was worked out, for instance because it divides by zero. \
                Nothing is said about your values; the rest of the sheet was checked.",
        matters: "What the rule was to check has not been checked.",
        mend: "If a value looks odd, such as a zero where there should be none, correct it. \
               Otherwise tell whoever issued the form: the rule needs mending.",
        example: include_str!("examples/rule-failed.en.txt"),
    },
    zh: Page {
        title: "规则无法计算",
        means: "表单的一条规则在计算时中断，例如除数为零。这并不是说填写有误，其余内容都已检查。",
        matters: "这条规则要检查的内容没有检查到。",
        mend: "如果某个值明显不对，例如不该为零的填了零，请改正。否则请告知下发表格的单位：这条规则需要修改。",
        example: include_str!("examples/rule-failed.zh.txt"),
    },
};
