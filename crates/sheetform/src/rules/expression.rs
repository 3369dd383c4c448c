//! A single expression beside the rules: what a computed row shows, with the array as `self`.

use serde_json::{Number, Value};

use crate::finding::Text;
use crate::schema::{NodeId, Schema};

use super::Input;
use super::compile::Compiler;
use super::eval::{Frame, Machine};
use super::expr::{Expr, IT, SELF};
use super::run::today;
use super::stop::Stop;
use super::value::{At, Document, Path, Step, Val};

/// An expression, compiled for a node that is its `self`.
#[derive(Clone, Debug)]
pub(crate) struct Expression {
    expr: Expr,
    node: NodeId,
    variables: usize,
    kept: usize,
}

impl Expression {
    /// Compiles a text; `Err` says what is wrong with it.
    pub(crate) fn compile(schema: &Schema, node: NodeId, text: &str) -> Result<Self, Vec<Text>> {
        let mut compiler = Compiler::new(schema, node);
        // Who writes the sheet has no other document.
        compiler.alone = true;
        let outcome = compiler.compile(text);
        compiler.problems.append(&mut compiler.undeclared);
        match outcome {
            Some((expr, _)) if compiler.problems.is_empty() => {
                Ok(Self { expr, node, variables: IT + 1 + compiler.deepest, kept: compiler.kept })
            }
            _ => Err(compiler.problems),
        }
    }

    /// Its value with the object or array at a JSON pointer as `self`. `None` where it reads what is absent or could
    /// not be read, or asks for a today that is not known; `Err` where it fails.
    pub(crate) fn evaluate(&self, input: &Input<'_>, pointer: &str) -> Result<Option<Value>, Text> {
        let document = Document::new(input);
        let Some(this) = locate(&document, self.node, pointer) else { return Ok(None) };
        let machine = Machine::new(&document, &[], today(&document, input.today));
        let mut frame = Frame::new(self.variables, self.kept);
        if let Some(slot) = frame.variables.get_mut(SELF) {
            *slot = this;
        }
        match machine.run(&self.expr, &mut frame) {
            Ok(value) => scalar(&value).map(Some),
            Err(Stop::Skip | Stop::Today | Stop::NotGiven(_) | Stop::NotRead(_)) => Ok(None),
            Err(Stop::Fail(cause)) => Err((*cause).clone()),
            Err(Stop::NoProperty(what)) => Err(what.text()),
            Err(Stop::Budget) => Err(Text::new("it takes too many steps or too much memory", "计算量超出限度")),
        }
    }
}

/// The object or array at a pointer, as a value of the node.
fn locate<'d>(document: &'d Document<'d>, node: NodeId, pointer: &str) -> Option<Val<'d>> {
    let (mut value, mut path) = (document.value, Path::ROOT);
    for part in pointer.split('/').skip(1) {
        let part = crate::schema::unescape(part);
        let step;
        (value, step) = match value {
            Value::Object(object) => object.get_key_value(&part).map(|(name, value)| (value, Step::Name(name)))?,
            Value::Array(items) => {
                let index = part.parse().ok()?;
                (items.get(index)?, Step::Index(index))
            }
            _ => return None,
        };
        path = path.join(step);
    }
    let at = At { of: document, value, node: Some(node), path };
    match value {
        Value::Object(_) => Some(Val::Object(at)),
        Value::Array(_) => Some(Val::Array(at)),
        _ => None,
    }
}

fn scalar(value: &Val<'_>) -> Result<Value, Text> {
    Ok(match value {
        Val::Null => Value::Null,
        Val::Bool(on) => Value::Bool(*on),
        Val::Int(number) => Value::Number((*number).into()),
        Val::Double(number) => Number::from_f64(*number).map_or(Value::Null, Value::Number),
        Val::Text(text) => Value::String(text.get().to_owned()),
        other => {
            let (en, zh) = other.kind();
            return Err(Text::new(format!("a cell cannot show {en}"), format!("单元格不能显示{zh}")));
        }
    })
}
