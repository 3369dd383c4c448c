//! Whole folders: who has not sent what, what came twice, and what a merged ledger leaves out.

use super::{Entry, Page};

pub(super) static MISSING_SUBMISSION: Entry = Entry {
    en: Page {
        title: "A unit has not sent what it should",
        means: "The list of submissions names a unit and a form, and no file in the folder is of both. Names are compared \
                without regard to width, case and blanks.",
        matters: "What this unit has to report is in no sum. Before the day it is due this is a warning, after it or without \
                  one an error.",
        mend: "Ask the unit for it. If a file of it is there, look how it writes its name: a file that is not on the list \
               says which name on the list is nearest. If nothing is owed, take the line off the list.",
        example: include_str!("examples/missing-submission.en.txt"),
    },
    zh: Page {
        title: "单位未报送应报的表",
        means: "名单上有这个单位和这种表，文件夹里却没有相应的文件。比较名称时不计全半角、大小写和空格。",
        matters: "该单位的内容不在任何合计之中。未到截止日期时为警告，已过或没有截止日期时为错误。",
        mend: "请催报。如果文件已在文件夹中，请看其中单位的写法：对不在名单上的文件，程序会给出名单上最接近的名称。\
               如果不必报送，请从名单上删去这一行。",
        example: include_str!("examples/missing-submission.zh.txt"),
    },
};

pub(super) static DUPLICATE_SUBMISSION: Entry = Entry {
    en: Page {
        title: "The same form was sent more than once",
        means: "Several files are of one sender and one form. The one whose own date is the latest counts; of several with \
                that date the only one without errors. If that does not decide, none counts and it is an error.",
        matters: "Counted twice, its records would be in the sum twice. The time of a file is never asked: copying changes it.",
        mend: "Nothing, if the newer one is meant. Else leave only the file that counts in the folder, or correct its date.",
        example: include_str!("examples/duplicate-submission.en.txt"),
    },
    zh: Page {
        title: "同一种表重复报送",
        means: "有几份文件属于同一单位的同一种表。以文件内日期最晚的一份为准；日期相同的，以其中唯一没有错误的一份为准。\
                仍不能判断时都不计入，并作为错误。",
        matters: "重复计入会使合计翻倍。文件本身的修改时间从不采用，因为复制文件就会改变它。",
        mend: "如果确以较新的一份为准，不必处理。否则请只在文件夹中留下有效的一份，或更正其中的日期。",
        example: include_str!("examples/duplicate-submission.zh.txt"),
    },
};

pub(super) static NOT_ON_ROSTER: Entry = Entry {
    en: Page {
        title: "The file is not waited for",
        means: "Its sender is not on the list of submissions, or is there with other forms only.",
        matters: "It may be a unit on the list whose name is written otherwise; then that unit counts as missing. A file that \
                  nobody waits for is not merged.",
        mend: "Write the sender's name in the file as the list has it, put it on the list, or take the file out of the folder.",
        example: include_str!("examples/not-on-roster.en.txt"),
    },
    zh: Page {
        title: "名单上没有这份文件",
        means: "报送单位不在名单上，或者名单上它应报的是别的表。",
        matters: "可能是名单上的单位换了写法，那个单位就会算作未报。名单上没有的文件不参加合并。",
        mend: "请把文件中的单位改成与名单一致，或把它补入名单，或把文件移出文件夹。",
        example: include_str!("examples/not-on-roster.zh.txt"),
    },
};

pub(super) static LATE_SUBMISSION: Entry = Entry {
    en: Page {
        title: "Dated after the day it was due",
        means: "The date that the document itself bears lies after the one that the list gives. When the file arrived is not \
                known and not asked. A document that bears only a month or a year is never late.",
        matters: "It counts all the same; somebody may want to know.",
        mend: "Correct the date if it is wrong. Else there is nothing to mend.",
        example: include_str!("examples/late-submission.en.txt"),
    },
    zh: Page {
        title: "日期晚于截止日期",
        means: "文件自身的日期晚于名单上的截止日期。文件何时送到无从得知，也不过问。只写月份或年度的文件不会算作逾期。",
        matters: "文件仍然计入，仅供组织单位了解。",
        mend: "日期写错的请更正；否则不必处理。",
        example: include_str!("examples/late-submission.zh.txt"),
    },
};

pub(super) static NO_SENDER: Entry = Entry {
    en: Page {
        title: "Who sent it is not known",
        means: "The form does not say which value names the sender, or that value is empty in this file.",
        matters: "The file cannot be held against a list of submissions; it is known by its name only.",
        mend: "Fill in the unit. An own form names the value with \"sender\" in the x-sheet of its root.",
        example: include_str!("examples/no-sender.en.txt"),
    },
    zh: Page {
        title: "不知道由谁报送",
        means: "表单没有说明哪一项是报送单位，或者文件中这一项是空的。",
        matters: "无法与名单核对，只能按文件名列出。",
        mend: "请填写单位。自己的表单可在根的 x-sheet 中用 \"sender\" 指明报送单位是哪一项。",
        example: include_str!("examples/no-sender.zh.txt"),
    },
};

pub(super) static NOT_MERGED: Entry = Entry {
    en: Page {
        title: "Left empty when merging",
        means: "A value outside the tables differs from file to file, or some files do not have it. The merged ledger has one \
                place for it, and none of the values is picked.",
        matters: "The value stands in the single files only. Who sent each record stands in the source column.",
        mend: "Nothing, as a rule. If all files should say the same, correct them and merge again.",
        example: include_str!("examples/not-merged.en.txt"),
    },
    zh: Page {
        title: "合并后留空",
        means: "表格以外的某一项各文件不同，或有的文件没有填。合并后的台账只有一个位置，程序不会从中挑选。",
        matters: "该项只保留在各自的文件中。每条记录由谁报送，见来源一列。",
        mend: "一般不必处理。如果各文件本应一致，请改正后重新合并。",
        example: include_str!("examples/not-merged.zh.txt"),
    },
};
