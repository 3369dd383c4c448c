//! Words by which heads, labels, totals and notes of office sheets are known. Decides nothing by place.

use crate::text::{fold, without_brackets};

/// Headings and labels that end so are surely some.
const ENDINGS: &[&str] = &[
    "序号",
    "编号",
    "代码",
    "编码",
    "名称",
    "姓名",
    "性别",
    "年龄",
    "日期",
    "时间",
    "金额",
    "数量",
    "单价",
    "总价",
    "单位",
    "部门",
    "科室",
    "人员",
    "电话",
    "手机",
    "地址",
    "备注",
    "说明",
    "内容",
    "项目",
    "类别",
    "类型",
    "分类",
    "种类",
    "品种",
    "等级",
    "级别",
    "状态",
    "情况",
    "要求",
    "措施",
    "标准",
    "方式",
    "方法",
    "结果",
    "结论",
    "原因",
    "期限",
    "时限",
    "比例",
    "比率",
    "占比",
    "比重",
    "总额",
    "余额",
    "面积",
    "重量",
    "规格",
    "型号",
    "品牌",
    "产地",
    "职务",
    "职称",
    "学历",
    "专业",
    "岗位",
    "负责人",
    "责任人",
    "联系人",
    "经办人",
    "跟进人",
    "得分",
    "分值",
    "权重",
    "目标",
    "指标",
    "依据",
    "来源",
    "用途",
    "位置",
    "地点",
    "区域",
    "进度",
    "工期",
    "合同号",
    "账号",
    "户名",
    "开户行",
    "证号",
    "号码",
    "邮箱",
    "摘要",
    "方向",
    "科目",
    "品名",
    "原值",
    "净值",
    "残值",
    "年限",
    "月份",
    "年份",
    "年度",
    "季度",
    "频次",
    "次数",
    "人数",
    "户数",
    "件数",
    "天数",
    "小计",
    "合计",
    "总计",
    "增长",
    "费用",
    "成本",
    "收入",
    "支出",
    "利润",
    "税额",
    "税率",
    "意见",
    "签字",
    "签名",
    "单号",
    "票号",
    "凭证",
    "批次",
    "班组",
    "工种",
    "民族",
    "籍贯",
    "政治面貌",
    "出生年月",
    "入职",
    "住址",
    "主题",
    "议题",
    "要点",
    "事项",
    "任务",
    "计划",
    "问题",
    "隐患",
    "部位",
    "产品",
    "事由",
    "开始",
    "结束",
    "开始时间",
    "结束时间",
    "起始",
    "截止",
    "终止",
    "级差",
    "上限",
    "下限",
    "制度",
    "文号",
    "周期",
    "理由",
    "单据",
    "行业",
    "品目",
    "材料",
    "设备",
    "物资",
    "工序",
    "职责",
    "对象",
    "范围",
    "评分",
    "考核",
    "厂家",
    "供应商",
    "客户",
    "公式",
    "因素",
    "程度",
    "班级",
    "预算",
    "价格",
    "预计",
    "实际",
    "差异",
    "工作量",
    "优先级",
    "完成率",
    "天气",
    "文件",
    "证书",
    "车牌",
    "配置",
];

/// Single characters with which many headings end.
const LAST_CHARS: &str =
    "号名称量额价数率费款期日月年人员注型类别位点址度分值比源法因式况态目容果项级门务时次重长宽高元表码质";

/// English headings.
const ENGLISH: &[&str] = &[
    "id",
    "no",
    "no.",
    "#",
    "name",
    "date",
    "code",
    "type",
    "status",
    "amount",
    "total",
    "quantity",
    "qty",
    "price",
    "description",
    "title",
    "category",
    "email",
    "phone",
    "address",
    "remark",
    "remarks",
    "note",
    "notes",
    "comment",
    "comments",
    "unit",
    "region",
    "year",
    "month",
    "day",
    "value",
    "owner",
    "department",
    "item",
    "number",
    "start",
    "end",
    "start date",
    "end date",
    "due date",
    "assigned to",
    "priority",
    "severity",
    "country",
    "city",
    "state",
    "age",
    "gender",
    "sex",
    "currency",
    "balance",
    "rate",
    "cost",
    "task",
    "duration",
    "identifier",
    "subject",
    "source",
    "key",
    "reading",
    "step",
    "role",
    "position",
    "risk",
    "impact",
    "probability",
    "likelihood",
    "mitigation",
    "action",
    "actions",
    "issue",
    "location",
    "supplier",
    "vendor",
    "model",
    "serial number",
    "hours",
    "frequency",
    "responsible",
    "responsibility",
    "deliverable",
    "milestone",
    "activity",
    "requirement",
    "version",
    "reason",
    "reference",
    "result",
    "budget",
    "actual",
    "variance",
    "group",
    "method",
    "contact",
    "approval",
    "project",
];

/// Labels of a head block or foot that are rarely headings of a table.
const LABELS: &[&str] = &[
    "填报单位",
    "编制单位",
    "填表单位",
    "制表单位",
    "申报单位",
    "报送单位",
    "报告单位",
    "单位名称",
    "公司名称",
    "部门名称",
    "学校名称",
    "企业名称",
    "项目名称",
    "工程名称",
    "机构名称",
    "填报人",
    "填表人",
    "制表人",
    "编制人",
    "经办人",
    "审核人",
    "复核人",
    "审批人",
    "批准人",
    "负责人",
    "单位负责人",
    "部门负责人",
    "财务负责人",
    "主管领导",
    "分管领导",
    "主管",
    "审核",
    "复核",
    "审批",
    "批准",
    "制表",
    "编制",
    "填报",
    "会计",
    "出纳",
    "记账",
    "填报日期",
    "填表日期",
    "制表日期",
    "编制日期",
    "填报时间",
    "填表时间",
    "制表时间",
    "报送日期",
    "报送时间",
    "申请日期",
    "申请人",
    "联系电话",
    "联系人",
    "联系方式",
    "所属期间",
    "所属时期",
    "统计时间",
    "统计期间",
    "统计人",
    "审核日期",
    "编制部门",
    "制表部门",
    "填报部门",
    "申请部门",
    "使用部门",
    "受检单位",
    "检查单位",
    "检查人",
    "检查人员",
    "检查日期",
    "检查时间",
    "检查组长",
    "记录人",
    "被检查单位",
    "建设单位",
    "施工单位",
    "监理单位",
    "设计单位",
    "会议时间",
    "会议地点",
    "会议主题",
    "主持人",
    "当前日期",
];

/// Ends of labels under which people sign.
const SIGNED: &[&str] = &[
    "签字",
    "签名",
    "签章",
    "盖章",
    "公章",
    "制表",
    "审核",
    "复核",
    "审批",
    "批准",
    "编制",
    "填报人",
    "填表人",
    "制表人",
    "经办人",
    "负责人",
    "领导",
    "会计",
    "承诺人",
    "签收人",
    "接收人",
    "检查人",
    "记录人",
    "验收人",
    "申请人",
    "经手人",
    "统计人",
    "报告人",
    "报送人",
    "批准人",
    "甲方",
    "乙方",
];

const TOTALS: &[&str] = &[
    "合计",
    "总计",
    "共计",
    "总和",
    "汇总",
    "累计",
    "总数",
    "合计数",
    "合计金额",
    "总金额",
    "合计大写",
    "全部合计",
    "total",
    "totals",
    "grandtotal",
    "sum",
];

const NOTES: &[&str] = &[
    "注:",
    "注1",
    "注意",
    "备注:",
    "说明:",
    "填表说明",
    "填报说明",
    "编制说明",
    "导入说明",
    "使用说明",
    "填写说明",
    "温馨提示",
    "提示:",
    "资料来源",
    "数据来源",
    "note:",
    "notes:",
    "note1",
    "source:",
    "sources:",
    "※",
    "注.",
];

/// What a total row is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sum {
    Total,
    Subtotal,
    Ratio,
    Average,
    Largest,
    Smallest,
}

/// How much a text is like a heading, 0 to 1.
pub(crate) fn heading_weight(text: &str) -> f64 {
    let folded = fold(text);
    let bare = without_brackets(&folded).unwrap_or(&folded);
    let count = bare.chars().count();
    if count == 0 || count > 30 {
        return 0.0;
    }
    if ENGLISH.contains(&bare) {
        return 1.0;
    }
    if ENDINGS.iter().any(|end| bare.ends_with(end)) && count <= 14 {
        return 1.0;
    }
    if is_calendar(bare) {
        return 0.8;
    }
    // 加班（小时）
    if folded.split_once('(').is_some_and(|(name, unit)| {
        !name.is_empty() && name.chars().count() < 16 && is_unit(unit.trim_end_matches(')'))
    }) {
        return 0.8;
    }
    if count <= 10 && bare.chars().last().is_some_and(|c| LAST_CHARS.contains(c)) && !bare.is_ascii() {
        return 0.6;
    }
    let words = [
        "name",
        "date",
        "id",
        "type",
        "code",
        "status",
        "amount",
        "number",
        "title",
        "description",
        "owner",
        "cost",
        "price",
        "value",
        "level",
        "score",
        "rating",
        "hours",
        "category",
        "quantity",
        "action",
        "method",
        "impact",
    ];
    if bare.is_ascii() && words.iter().any(|word| bare.ends_with(word)) {
        return 0.8;
    }
    0.0
}

/// A month or a day of the week.
fn is_calendar(folded: &str) -> bool {
    let numeral = |text: &str| {
        !text.is_empty()
            && text.chars().count() < 3
            && (text.chars().all(|c| c.is_ascii_digit()) || text.chars().all(|c| "一二三四五六七八九十".contains(c)))
    };
    let day = folded.strip_prefix("星期").or_else(|| folded.strip_prefix('周'));
    if let Some(day) = day {
        return matches!(day, "一" | "二" | "三" | "四" | "五" | "六" | "日" | "天" | "末");
    }
    if let Some(month) = folded.strip_suffix("月份").or_else(|| folded.strip_suffix('月')) {
        return numeral(month);
    }
    let names = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    folded.is_ascii()
        && (names.contains(&folded)
            || days.contains(&folded)
            || folded.len() == 3 && days.iter().any(|day| day.starts_with(folded)))
}

/// Whether a text is surely a heading or label.
pub(crate) fn is_heading(text: &str) -> bool {
    heading_weight(text) >= 0.95
}

/// Whether a text names a serial number.
pub(crate) fn is_serial(text: &str) -> bool {
    let folded = fold(text);
    matches!(
        folded.as_str(),
        "序号" | "序" | "项次" | "行次" | "行号" | "no" | "no." | "#" | "s/n" | "sn" | "番号" | "顺序号"
    )
}

/// Whether a text is a heading that hardly anything else is.
pub(crate) fn is_sure_heading(text: &str) -> bool {
    is_serial(text) || fold(text).starts_with("备注") || fold(text) == "remarks"
}

/// Whether a text is a label of a head block or foot.
pub(crate) fn is_label(text: &str) -> bool {
    let folded = fold(text);
    let bare = without_brackets(&folded).unwrap_or(&folded);
    LABELS.contains(&bare)
}

/// Whether a text is a place to sign, or the like under a table.
pub(crate) fn is_signed(text: &str) -> bool {
    let folded = fold(text);
    let bare = without_brackets(&folded).unwrap_or(&folded);
    bare.chars().count() <= 12
        && (LABELS.contains(&bare) || SIGNED.iter().any(|end| bare.ends_with(end) || folded.ends_with(end)))
}

/// Whether a text begins a note.
pub(crate) fn is_note(text: &str) -> bool {
    let folded = fold(text);
    folded == "注"
        || folded == "说明"
        || NOTES.iter().any(|start| folded.starts_with(start))
        || text.trim_start().starts_with('*') && folded.chars().count() > 12
}

/// Whether a text says whose the page is.
pub(crate) fn is_imprint(text: &str) -> bool {
    let folded = fold(text);
    folded.starts_with('©') || folded.starts_with("(c)") || folded.starts_with("copyright")
}

/// Whether a label is the beginning of a note: 说明, 注.
pub(crate) fn is_note_label(label: &str) -> bool {
    let folded = fold(label);
    matches!(
        folded.as_str(),
        "注" | "备注"
            | "注意"
            | "注意事项"
            | "提示"
            | "温馨提示"
            | "资料来源"
            | "数据来源"
            | "note"
            | "notes"
            | "source"
            | "sources"
    ) || folded.ends_with("说明")
        || folded.starts_with("注") && folded.chars().skip(1).all(|c| c.is_ascii_digit())
        || folded.starts_with("附件")
        || folded.starts_with("附表")
}

/// The sum that a label stands for.
pub(crate) fn sum(text: &str) -> Option<Sum> {
    let folded = fold(text);
    let count = folded.chars().count();
    if count == 0 || count > 40 {
        return None;
    }
    let bare = without_brackets(&folded).unwrap_or(&folded);
    let head = folded.split([':', '=']).next().unwrap_or_default();
    let any = |word: &str| bare == word || head == word;
    if any("小计")
        || bare.ends_with("小计")
        || bare.starts_with("小计")
        || head.ends_with("小计")
        || matches!(bare, "sub-total" | "本页合计")
        || bare.starts_with("subtotal")
    {
        return Some(Sum::Subtotal);
    }
    let words = || text.trim().split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default().to_lowercase();
    if TOTALS.iter().any(|word| any(word)) || count <= 24 && matches!(words().as_str(), "total" | "totals") {
        return Some(Sum::Total);
    }
    let ends = ["合计", "总计", "共计", "总和", "合计数", "合计(大写)"];
    if (ends.iter().any(|end| bare.ends_with(end) || head.ends_with(end)) && count <= 20)
        || (folded.starts_with("合计") || folded.starts_with("总计") || folded.starts_with("共计")) && count <= 30
    {
        return Some(Sum::Total);
    }
    if ["平均", "平均值", "均值", "平均数", "average", "mean"].contains(&bare) {
        return Some(Sum::Average);
    }
    if count <= 8 && ["占比", "比例", "百分比", "比重", "占总额比"].iter().any(|end| bare.ends_with(end)) {
        return Some(Sum::Ratio);
    }
    None
}

/// What a row below all records says of them, by its label: their average, the largest or smallest, a rate.
pub(crate) fn figure(text: &str) -> Option<Sum> {
    let folded = fold(text);
    let bare = without_brackets(&folded).unwrap_or(&folded);
    let is = |words: &[&str]| words.contains(&bare);
    if is(&["平均", "平均值", "均值", "平均数", "平均分", "average", "mean"]) {
        return Some(Sum::Average);
    }
    if is(&["最大", "最大值", "最高", "最高值", "最高分", "max", "maximum"]) {
        return Some(Sum::Largest);
    }
    if is(&["最小", "最小值", "最低", "最低值", "最低分", "min", "minimum"]) {
        return Some(Sum::Smallest);
    }
    let rate = bare.ends_with('率') && bare.chars().count() <= 8;
    if rate { Some(Sum::Ratio) } else { sum(text).filter(|sum| *sum == Sum::Ratio) }
}

/// Whether a text begins like the heading of a section: 一、 （一） 第一部分 1. A.
pub(crate) fn is_section(text: &str) -> bool {
    let folded = fold(text);
    let numeral = |c: char| "一二三四五六七八九十百".contains(c);
    let body = folded.strip_prefix('(').unwrap_or(&folded);
    let body = body.strip_prefix('第').unwrap_or(body);
    let rest = body.trim_start_matches(numeral);
    if rest.len() < body.len() {
        return rest.starts_with(['、', ')', '.', ',', '部', '章', '类', '节', ':']) || rest.is_empty();
    }
    let rest = body.trim_start_matches(|c: char| c.is_ascii_digit());
    rest.len() < body.len() && rest.starts_with(['、', ')'])
}

/// Whether a text is a unit, alone or in brackets.
pub(crate) fn is_unit(text: &str) -> bool {
    let folded = fold(text);
    let bare = folded.trim_start_matches('(').trim_end_matches(')');
    let sign = |c: char| c.is_ascii_alphanumeric() || "/%°℃³²·^".contains(c);
    if bare.len() + 2 == folded.len()
        && bare.chars().count() <= 8
        && bare.chars().all(sign)
        && bare.contains(['/', '%', '°', '℃', '³', '²'])
    {
        return true;
    }
    let inner = bare.strip_prefix("单位:").unwrap_or(bare);
    matches!(
        inner,
        "元" | "万元"
            | "亿元"
            | "千元"
            | "%"
            | "个"
            | "人"
            | "万人"
            | "吨"
            | "万吨"
            | "台"
            | "件"
            | "套"
            | "辆"
            | "天"
            | "日"
            | "月"
            | "年"
            | "小时"
            | "公里"
            | "米"
            | "m"
            | "m2"
            | "m3"
            | "㎡"
            | "平方米"
            | "立方米"
            | "亩"
            | "公顷"
            | "kg"
            | "千克"
            | "户"
            | "次"
            | "项"
            | "家"
            | "处"
            | "kwh"
            | "度"
            | "元/吨"
            | "元/人"
            | "元/月"
            | "人次"
            | "km"
            | "mm"
            | "t"
            | "kpa"
            | "h"
            | "分钟"
            | "千瓦时"
            | "升"
            | "mpa"
            | "kw"
            | "mw"
            | "l"
            | "ml"
            | "g"
            | "mg"
            | "mg/l"
            | "℃"
            | "°c"
            | "‰"
            | "万"
            | "亿"
            | "块"
            | "只"
            | "份"
            | "张"
            | "本"
            | "学时"
            | "课时"
            | "工日"
            | "工时"
            | "分"
            | "页"
    )
}
