//! Whole sheets, as text.

use serde_json::{Value, json};

use super::super::write;
use super::{form, shown};
use crate::new_book::NewBook;

fn book(schema: Value, document: &Value) -> NewBook {
    write(&form(schema), document).unwrap_or_else(|findings| panic!("{findings:?}"))
}

#[test]
fn a_ledger_with_a_head_of_two_rows() {
    let schema = json!({ "$id": "urn:sheetform:rectification-ledger", "title": "问题整改台账", "type": "object",
  "x-sheet": { "version": 1, "page": { "orientation": "landscape" } }, "required": ["unit", "updated_on", "entries", "reporter"],
  "properties": {
    "unit": { "type": "string", "title": "单位" },
    "updated_on": { "type": "string", "format": "date", "title": "更新日期" },
    "entries": { "type": "array", "x-sheet": { "blank_rows": 20 }, "items": { "type": "object",
      "required": ["serial", "problem", "responsibility", "rectification"], "properties": {
        "serial": { "type": "integer", "title": "序号", "x-sheet": { "serial": true } },
        "problem": { "type": "string", "title": "问题描述", "x-sheet": { "key": true, "width": 30 } },
        "responsibility": { "type": "object", "title": "责任", "required": ["unit", "owner"], "properties": {
          "unit": { "type": "string", "title": "责任单位" }, "owner": { "type": "string", "title": "责任人" } } },
        "rectification": { "type": "object", "title": "整改", "required": ["measures", "due", "status"], "properties": {
          "measures": { "type": "string", "title": "整改措施" }, "due": { "type": "string", "format": "date", "title": "整改时限" },
          "status": { "enum": ["未开始", "整改中", "已完成", "逾期"], "title": "状态" } } } } } },
    "reporter": { "type": "string", "title": "填报人" } } });
    let document = json!({ "unit": "第一分公司", "updated_on": "2026-05-15", "entries": [
    { "serial": 1, "problem": "指示灯不亮", "responsibility": { "unit": "工程部", "owner": "王工" },
      "rectification": { "measures": "更换灯具\n并测试", "due": "2026-04-10", "status": "已完成" } },
    { "serial": 2, "problem": "=堆高", "responsibility": { "unit": "物业部", "owner": "赵工" },
      "rectification": { "measures": "重画限高线", "due": "1850-01-01", "status": "逾期" } } ], "reporter": "李工" });
    let book = book(schema, &document);
    assert_eq!(
        shown(&book),
        "1: 问题整改台账 >G1\n\
         2: 单位 | 第一分公司 >C2 | 更新日期 | 46157 [yyyy-mm-dd] >G2\n\
         3: 序号 >A4 | 问题描述 >B4 | 责任 >D3 | 整改 >G3\n\
         4: C=责任单位 | 责任人 | 整改措施 | 整改时限 | 状态\n\
         5: 1 | 指示灯不亮 | 工程部 | 王工 | 更换灯具\\n并测试 | 46122 [yyyy-mm-dd] | 已完成\n\
         6: 2 | =堆高 | 物业部 | 赵工 | 重画限高线 | 1850-01-01 | 逾期\n\
         7: 填报人 | 李工 >G7"
    );
}

#[test]
fn two_tables_between_label_bands() {
    let schema = json!({ "title": "方案", "type": "object", "x-sheet": { "title": "{unit}{year}年{subject}方案" },
  "required": ["unit", "year", "subject", "group", "tasks"], "properties": {
    "subject": { "type": "string", "x-sheet": { "place": "title" } },
    "unit": { "type": "string", "title": "单位" }, "year": { "type": "integer", "title": "年度", "x-sheet": { "unit": "年" } },
    "period": { "type": "object", "title": "期限", "required": ["start"], "properties": {
      "start": { "type": "string", "format": "date", "title": "开始" }, "end": { "type": "string", "format": "date", "title": "结束" } } },
    "group": { "type": "array", "title": "领导小组", "items": { "type": "object", "properties": {
      "role": { "type": "string", "title": "职务" }, "name": { "type": "string", "title": "姓名" } } } },
    "tasks": { "type": "array", "title": "任务", "items": { "type": "object", "properties": {
      "kind": { "type": "string", "title": "类别", "x-sheet": { "merge": true } }, "serial": { "type": "integer", "title": "序号" },
      "task": { "type": "string", "title": "工作任务" }, "units": { "type": "array", "items": { "type": "string" }, "title": "责任单位" },
      "due": { "type": "string", "format": "date", "title": "时限" }, "cost": { "type": "number", "title": "费用" } } },
      "x-sheet": { "totals": ["cost"], "text": { "after": "注：费用单位为元" } } },
    "maker": { "type": "string", "title": "编制人" }, "checker": { "type": "string", "title": "审核人" } } });
    let document = json!({ "subject": "安全", "unit": "总部", "year": 2026, "period": { "start": "2026-01-08" },
  "group": [ { "role": "组长", "name": "张工" }, { "role": "成员" } ],
  "tasks": [ { "kind": "消防", "serial": 1, "task": "排查", "units": ["工程部", "物业部"], "due": "2026-03-31", "cost": 0.1 },
    { "kind": "消防", "serial": 2, "task": "更换", "cost": 0.2 }, { "kind": "设备", "serial": 3, "task": "检修" } ], "maker": "李工" });
    let book = book(schema, &document);
    assert_eq!(
        shown(&book),
        "1: 总部2026年安全方案 >F1\n\
         2: 单位 | 总部 >C2 | 年度 | 2026 [0\"年\"] >F2\n\
         3: 期限 | 开始 | 46030 [yyyy-mm-dd] | 结束 | . [yyyy-mm-dd] >F3\n\
         4: 领导小组 >F4\n\
         5: 职务 >C5 | 姓名 >F5\n\
         6: 组长 >C6 | 张工 >F6\n\
         7: 成员 >C7 | . >F7\n\
         8: 任务 >F8\n\
         9: 类别 | 序号 | 工作任务 | 责任单位 | 时限 | 费用\n\
         10: 消防 >A11 | 1 | 排查 | 工程部、物业部 | 46112 [yyyy-mm-dd] | 0.1\n\
         11: B=2 | 更换 | . | . [yyyy-mm-dd] | 0.2\n\
         12: 设备 | 3 | 检修 | . | . [yyyy-mm-dd] | .\n\
         13: 合计 >E13 | =SUM(F10:F12) 0.3\n\
         14: 注：费用单位为元 >F14\n\
         15: 编制人 | 李工 >C15 | 审核人 | . >F15"
    );
}

#[test]
fn records_inside_records_and_notes() {
    let schema = json!({ "$id": "urn:x:contract", "title": "合同付款台账", "type": "object", "x-sheet": { "version": 2, "page": {"orientation": "landscape"} },
  "required": ["unit", "contracts"],
  "properties": {
   "unit": { "type": "string", "title": "单位" },
   "contracts": { "type": "array", "title": "合同", "x-sheet": { "totals": ["amount"], "text": { "before": "单位：元", "after": ["注：已付金额以银行回单为准。", "本表一式两份。"] } }, "items": { "type": "object", "required": ["number"],
     "properties": {
       "serial": { "type": "integer", "title": "序号", "x-sheet": { "serial": true } },
       "number": { "type": "string", "title": "合同编号" },
       "partner": { "type": "string", "title": "对方单位" },
       "amount": { "type": "number", "title": "合同金额", "x-sheet": { "format": "#,##0.00" } },
       "payments": { "type": "array", "title": "付款", "x-sheet": { "anchor": "number" }, "items": { "type": "object", "required": ["date", "sum"], "properties": {
          "date": { "type": "string", "format": "date", "title": "日期" },
          "sum": { "type": "number", "title": "金额", "x-sheet": { "format": "#,##0.00" } },
          "note": { "type": "string", "title": "说明" } } } },
       "state": { "enum": ["履行中", "已完成"], "title": "状态" }
     } } },
   "maker": { "type": "string", "title": "制表人" } } });
    let document = json!({ "unit": "第一分公司", "contracts": [
  { "serial": 1, "number": "HT-001", "partner": "某某建筑有限公司", "amount": 120_000.5, "payments": [ { "date": "2026-01-05", "sum": 20000 }, { "date": "2026-02-05", "sum": 30_000.25, "note": "进度款，按监理确认的工程量支付，附签证单三张" }, { "date": "2026-03-05", "sum": 10000 } ], "state": "履行中" },
  { "serial": 2, "number": "HT-002", "partner": "某某物业", "amount": 3000, "payments": [], "state": "已完成" },
  { "serial": 3, "number": "HT-003", "amount": 500 },
  { "serial": 4, "number": "HT-004", "partner": "某某软件", "amount": 0.1, "payments": [ { "date": "2026-01-05", "sum": 0.1 } ], "state": "已完成" } ], "maker": "李工" });
    let book = book(schema, &document);
    assert_eq!(
        shown(&book),
        "1: 合同付款台账 >H1\n\
         2: 单位 | 第一分公司 >H2\n\
         3: 单位：元 >H3\n\
         4: 序号 >A5 | 合同编号 >B5 | 对方单位 >C5 | 合同金额 >D5 | 付款 >G4 | 状态 >H5\n\
         5: E=日期 | 金额 | 说明\n\
         6: 1 >A8 | HT-001 >B8 | 某某建筑有限公司 >C8 | 120000.5 [#,##0.00] >D8 | 46027 [yyyy-mm-dd] | 20000 [#,##0.00] | . | 履行中 >H8\n\
         7: E=46058 [yyyy-mm-dd] | 30000.25 [#,##0.00] | 进度款，按监理确认的工程量支付，附签证单三张\n\
         8: E=46086 [yyyy-mm-dd] | 10000 [#,##0.00] | .\n\
         9: 2 | HT-002 | 某某物业 | 3000 [#,##0.00] | [] | . [#,##0.00] | . | 已完成\n\
         10: 3 | HT-003 | . | 500 [#,##0.00] | . [yyyy-mm-dd] | . [#,##0.00] | . | .\n\
         11: 4 | HT-004 | 某某软件 | 0.1 [#,##0.00] | 46027 [yyyy-mm-dd] | 0.1 [#,##0.00] | . | 已完成\n\
         12: 合计 >C12 | =SUM(D6:D11) 123500.6 [#,##0.00] | . | . | . | .\n\
         13: 注：已付金额以银行回单为准。 >H13\n\
         14: 本表一式两份。 >H14\n\
         15: 制表人 | 李工 >H15"
    );
}

#[test]
fn captions_at_the_side_boxes_and_heads() {
    let schema = json!({ "$id": "urn:x:side", "title": "会议记录与检查表", "type": "object", "x-sheet": { "version": 1 },
  "required": ["name", "people", "checks"],
  "properties": {
   "name": { "type": "string", "title": "会议名称", "x-sheet": { "text": { "before": "填表说明：如实填写。" } } },
   "place": { "type": "string", "title": "地点" },
   "kind": { "enum": ["例会", "专题会", "应急会"], "title": "类别", "x-sheet": { "as": "checks" } },
   "summary": { "type": "string", "title": "会议内容", "maxLength": 2000 },
   "people": { "type": "array", "title": "参会人员", "x-sheet": { "caption": "side" }, "items": { "type": "object", "required": ["name"], "properties": {
      "name": { "type": "string", "title": "姓名" }, "unit": { "type": "string", "title": "部门" }, "late": { "type": "boolean", "title": "迟到" }, "phone": { "type": "string", "title": "电话" } } } },
   "checks": { "type": "array", "title": "检查项目", "x-sheet": { "caption": "above" }, "items": { "type": "object", "required": ["item"], "properties": {
      "item": { "type": "string", "title": "项目" }, "result": { "enum": ["符合", "不符合"], "title": "结果", "x-sheet": { "as": "checks" } } } } },
   "income": { "type": "integer", "title": "收入", "x-sheet": { "heads": ["项目", "金额"], "unit": "元" } },
   "cost": { "type": "number", "title": "支出", "x-sheet": { "unit": "元" } } } });
    let document = json!({ "name": "月度例会", "place": "三楼会议室", "kind": "专题会", "summary": "一、通报上月情况；\n二、安排本月工作，各部门按照分工抓好落实，重点是配电室改造、消防通道清理、档案移交三件事，完成后报办公室。",
  "people": [ { "name": "张工", "unit": "安全部", "late": false, "phone": "010-1" }, { "name": "李工", "unit": "工程部", "late": true }, {"name": "王工"} ],
  "checks": [ { "item": "门窗", "result": "符合" }, { "item": "灭火器" } ], "income": 12, "cost": 3.5 });
    let book = book(schema, &document);
    assert_eq!(
        shown(&book),
        "1: 会议记录与检查表 >E1\n\
         2: 填表说明：如实填写。 >E2\n\
         3: 会议名称 | 月度例会 >C3 | 地点 | 三楼会议室\n\
         4: 类别 | □ 例会\\n■ 专题会\\n□ 应急会 >E4\n\
         5: 会议内容 | 一、通报上月情况；\\n二、安排本月工作，各部门按照分工抓好落实，重点是配电室改造、消防通道清理、档案移交三件事，完成后报办公室。 >E5\n\
         6: 参会人员 >A9 | 姓名 | 部门 | 迟到 | 电话\n\
         7: B=张工 | 安全部 | false | 010-1\n\
         8: B=李工 | 工程部 | true | .\n\
         9: B=王工 | . | . | .\n\
         10: 检查项目 >E10\n\
         11: 项目 >D11 | 结果\n\
         12: 门窗 >D12 | ■ 符合\\n□ 不符合\n\
         13: 灭火器 >D13 | .\n\
         14: 项目 | 金额 >E14\n\
         15: 收入 | 12 [0\"元\"] >E15\n\
         16: 支出 | 3.5 [General\"元\"] >E16"
    );
}

#[test]
fn tables_side_by_side() {
    let schema = json!({ "$id": "urn:x:beside", "title": "收支表", "type": "object", "x-sheet": { "version": 1 }, "required": ["month", "in", "out"],
  "properties": {
   "month": { "type": "string", "title": "月份", "x-sheet": { "accepts": "month" } },
   "in": { "type": "array", "title": "收入", "x-sheet": {"totals": true}, "items": { "type": "object", "properties": { "item": { "type": "string", "title": "来源" }, "sum": { "type": "number", "title": "收入金额" } } } },
   "out": { "type": "array", "title": "支出", "x-sheet": { "beside": true, "totals": true }, "items": { "type": "object", "properties": { "item": { "type": "string", "title": "用途" }, "sum": { "type": "number", "title": "支出金额" }, "by": {"type": "string", "title": "经办"} } } },
   "maker": { "type": "string", "title": "制表人" }, "boss": { "type": "string", "title": "负责人" } } });
    let document = json!({ "month": "2026-03", "in": [ { "item": "房租", "sum": 100 }, { "item": "利息", "sum": 0.5 } ], "out": [ { "item": "水费", "sum": 1, "by": "张" }, { "item": "电费", "sum": 2 }, { "item": "网费", "sum": 3 } ], "maker": "赵" });
    let book = book(schema, &document);
    assert_eq!(
        shown(&book),
        "1: 收支表 >F1\n\
         2: 月份 | 46082 [yyyy\"年\"m\"月\"] >F2\n\
         3: 收入 >B3 | D=支出 >F3\n\
         4: 来源 | 收入金额 | D=用途 | 支出金额 | 经办\n\
         5: 房租 | 100 | D=水费 | 1 | 张\n\
         6: 利息 | 0.5 | D=电费 | 2 | .\n\
         7: 合计 | =SUM(B5:B6) 100.5 | D=网费 | 3 | .\n\
         8: D=合计 | =SUM(E5:E7) 6 | .\n\
         9: 制表人 | 赵 >D9 | 负责人 | ."
    );
}

#[test]
fn a_list_with_a_head_of_three_rows() {
    let schema = json!({ "$id": "urn:x:levels", "title": "单位成本表", "type": "array", "items": { "type": "object", "required": ["name"], "properties": {
   "region": { "type": "string", "title": "片区", "x-sheet": { "merge": true } },
   "name": { "type": "string", "title": "产品" },
   "cost": { "type": "object", "title": "成本", "properties": {
      "direct": { "type": "object", "title": "直接成本", "properties": { "material": { "type": "number", "title": "材料" }, "labour": { "type": "number", "title": "人工" } } },
      "indirect": { "type": "number", "title": "间接成本" } } },
   "remark": { "type": "string", "title": "备注" } } } });
    let document = json!([ { "region": "东", "name": "甲", "cost": { "direct": { "material": 1.5, "labour": 2 }, "indirect": 3 } }, { "region": "东", "name": "乙", "cost": {} }, { "region": "西", "name": "丙", "cost": { "direct": {} } }, { "name": "丁" } ]);
    let book = book(schema, &document);
    assert_eq!(
        shown(&book),
        "1: 单位成本表 >F1\n\
         2: 片区 >A4 | 产品 >B4 | 成本 >E2 | 备注 >F4\n\
         3: C=直接成本 >D3 | 间接成本 >E4\n\
         4: C=材料 | 人工\n\
         5: 东 >A6 | 甲 | 1.5 | 2 | 3 | .\n\
         6: B=乙 | . | . | {} | .\n\
         7: 西 | 丙 | {} | . | . | .\n\
         8: . | 丁 | . | . | . | ."
    );
}
