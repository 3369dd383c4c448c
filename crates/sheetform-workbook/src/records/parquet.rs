//! Typed columns of a Parquet file, through the `parquet` crate.

use std::io::{self, Write};
use std::sync::Arc;

use arrow_array::{
    ArrayRef, BooleanArray, Date32Array, Float64Array, Int64Array, ListArray, RecordBatch, StringArray, StructArray,
};
use arrow_buffer::{NullBuffer, OffsetBuffer};
use arrow_schema::{ArrowError, DataType, Field, Fields, Schema};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::ArrowWriterOptions;
use parquet::basic::Compression;
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use serde_json::{Map, Value};
use sheetform::records::{Column, Kind};

/// Records that are turned into columns at once.
const BATCH: usize = 4_096;
/// Records of a row group; all of them are held, packed, until it is written.
const GROUP: usize = 131_072;

/// A Parquet file being written.
pub(super) struct Columns<W: Write + Send> {
    writer: ArrowWriter<W>,
    kinds: Vec<Column>,
    schema: Arc<Schema>,
    waiting: Vec<Map<String, Value>>,
}

impl<W: Write + Send> Columns<W> {
    pub(super) fn new(out: W, columns: &[Column]) -> io::Result<Self> {
        let schema = Arc::new(Schema::new(fields(columns)));
        let properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .set_max_row_group_row_count(Some(GROUP))
            .set_created_by(concat!("sheetform ", env!("CARGO_PKG_VERSION")).to_owned())
            .build();
        let options = ArrowWriterOptions::new().with_properties(properties).with_skip_arrow_metadata(true);
        let writer = ArrowWriter::try_new_with_options(out, Arc::clone(&schema), options).map_err(of_parquet)?;
        Ok(Self { writer, kinds: columns.to_vec(), schema, waiting: Vec::new() })
    }

    /// Writes a record, its values as [`Kind`] says.
    pub(super) fn push(&mut self, record: Map<String, Value>) -> io::Result<()> {
        self.waiting.push(record);
        if self.waiting.len() < BATCH { Ok(()) } else { self.batch() }
    }

    fn batch(&mut self) -> io::Result<()> {
        let records: Vec<Option<&Map<String, Value>>> = self.waiting.iter().map(Some).collect();
        let options = arrow_array::RecordBatchOptions::new().with_row_count(Some(records.len()));
        let arrays = members(&self.kinds, &records).map_err(of_arrow)?;
        let batch = RecordBatch::try_new_with_options(Arc::clone(&self.schema), arrays, &options).map_err(of_arrow)?;
        self.writer.write(&batch).map_err(of_parquet)?;
        self.waiting.clear();
        Ok(())
    }

    pub(super) fn finish(mut self) -> io::Result<()> {
        if !self.waiting.is_empty() {
            self.batch()?;
        }
        self.writer.close().map(|_| ()).map_err(of_parquet)
    }
}

fn of_parquet(error: ParquetError) -> io::Error {
    match error {
        ParquetError::External(inner) => match inner.downcast::<io::Error>() {
            Ok(error) => *error,
            Err(other) => io::Error::other(other),
        },
        other => io::Error::other(other),
    }
}

fn of_arrow(error: ArrowError) -> io::Error {
    io::Error::other(error)
}

fn fields(columns: &[Column]) -> Fields {
    columns.iter().map(|column| Field::new(&column.name, data_type(&column.kind), true)).collect()
}

fn data_type(kind: &Kind) -> DataType {
    match kind {
        Kind::Bool => DataType::Boolean,
        Kind::Int => DataType::Int64,
        Kind::Double => DataType::Float64,
        Kind::Date => DataType::Date32,
        Kind::Text | Kind::Json => DataType::Utf8,
        Kind::List(item) => DataType::List(Arc::new(item_field(item))),
        Kind::Struct(columns) => DataType::Struct(fields(columns)),
    }
}

/// The field of a list's items, called as the format asks for.
fn item_field(item: &Kind) -> Field {
    Field::new("element", data_type(item), true)
}

/// An array for each column; a record that is not there has no values.
fn members(columns: &[Column], records: &[Option<&Map<String, Value>>]) -> Result<Vec<ArrayRef>, ArrowError> {
    let of = |column: &Column| {
        let values: Vec<Option<&Value>> =
            records.iter().map(|record| record.and_then(|map| map.get(&column.name))).collect();
        array(&column.kind, &values)
    };
    columns.iter().map(of).collect()
}

fn array(kind: &Kind, values: &[Option<&Value>]) -> Result<ArrayRef, ArrowError> {
    let values = || values.iter().map(|value| value.filter(|value| !value.is_null()));
    Ok(match kind {
        Kind::Bool => Arc::new(values().map(|value| value.and_then(Value::as_bool)).collect::<BooleanArray>()),
        Kind::Int => Arc::new(values().map(|value| value.and_then(Value::as_i64)).collect::<Int64Array>()),
        Kind::Double => Arc::new(values().map(|value| value.and_then(Value::as_f64)).collect::<Float64Array>()),
        Kind::Date => {
            let day = |value: &Value| value.as_i64().and_then(|day| i32::try_from(day).ok());
            Arc::new(values().map(|value| value.and_then(day)).collect::<Date32Array>())
        }
        Kind::Text | Kind::Json => {
            Arc::new(values().map(|value| value.and_then(Value::as_str)).collect::<StringArray>())
        }
        Kind::List(item) => {
            let lists: Vec<Option<&Vec<Value>>> = values().map(|value| value.and_then(Value::as_array)).collect();
            let offsets = OffsetBuffer::from_lengths(lists.iter().map(|list| list.map_or(0, Vec::len)));
            let nulls: NullBuffer = lists.iter().map(Option::is_some).collect::<Vec<bool>>().into();
            let items: Vec<Option<&Value>> = lists.into_iter().flatten().flatten().map(Some).collect();
            Arc::new(ListArray::try_new(Arc::new(item_field(item)), offsets, array(item, &items)?, Some(nulls))?)
        }
        Kind::Struct(columns) => {
            let records: Vec<Option<&Map<String, Value>>> =
                values().map(|value| value.and_then(Value::as_object)).collect();
            let nulls: NullBuffer = records.iter().map(Option::is_some).collect::<Vec<bool>>().into();
            let arrays = members(columns, &records)?;
            Arc::new(StructArray::try_new_with_length(fields(columns), arrays, Some(nulls), records.len())?)
        }
    })
}
