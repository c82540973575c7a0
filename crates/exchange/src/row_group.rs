//! Rows waiting to become a row group, kept column by column. Refuses to know files.

use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DataType, DoubleType, Int32Type, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::writer::SerializedColumnWriter;
use romduol_plan::Date;

use crate::table::{ColumnKind, Value};

/// Values handed to the encoder at a time.
const CHUNK: usize = 8192;

/// A column as runs of equal values: most columns stay the same for a whole return, which makes a row a few dozen
/// bytes instead of several hundred.
#[derive(Default)]
pub struct Runs(Vec<(Value, u32)>);

impl Runs {
    pub fn push(&mut self, value: &Value) {
        match self.0.last_mut() {
            Some((last, count)) if last == value && *count < u32::MAX => *count += 1,
            _ => self.0.push((value.clone(), 1)),
        }
    }

    /// Empties the column into a column of a row group.
    pub fn write(&mut self, kind: ColumnKind, to: &mut SerializedColumnWriter<'_>) -> Result<(), ParquetError> {
        let runs = std::mem::take(&mut self.0);
        match kind {
            ColumnKind::Text => put::<ByteArrayType>(&runs, to, |value| match value {
                Value::Text(text) => Some(ByteArray::from(text.as_bytes().to_vec())),
                _ => None,
            }),
            ColumnKind::Integer => put::<Int64Type>(&runs, to, |value| match value {
                Value::Integer(number) => Some(*number),
                _ => None,
            }),
            // A whole number of a JSON body arrives as an integer.
            ColumnKind::Number => put::<DoubleType>(&runs, to, |value| match value {
                Value::Number(number) => Some(*number),
                Value::Integer(number) => Some(*number as f64),
                _ => None,
            }),
            ColumnKind::Boolean => put::<BoolType>(&runs, to, |value| match value {
                Value::Boolean(flag) => Some(*flag),
                _ => None,
            }),
            ColumnKind::Date => put::<Int32Type>(&runs, to, |value| match value {
                Value::Date(date) => Some(days_since_1970(*date)),
                _ => None,
            }),
        }
    }
}

fn put<T: DataType>(
    runs: &[(Value, u32)],
    to: &mut SerializedColumnWriter<'_>,
    convert: impl Fn(&Value) -> Option<T::T>,
) -> Result<(), ParquetError> {
    let writer = to.typed::<T>();
    let (mut values, mut levels) = (Vec::with_capacity(CHUNK), Vec::with_capacity(CHUNK));
    for (value, count) in runs {
        let value = convert(value);
        let mut left = *count as usize;
        while left > 0 {
            let some = left.min(CHUNK - levels.len());
            levels.extend(std::iter::repeat_n(i16::from(value.is_some()), some));
            values.extend(value.iter().flat_map(|value| std::iter::repeat_n(value.clone(), some)));
            left -= some;
            if levels.len() == CHUNK {
                writer.write_batch(&values, Some(&levels), None)?;
                values.clear();
                levels.clear();
            }
        }
    }
    writer.write_batch(&values, Some(&levels), None).map(drop)
}

/// Days of the Gregorian calendar, counted from March so that the leap day ends the year.
fn days_since_1970(date: Date) -> i32 {
    let year = if date.month <= 2 { date.year - 1 } else { date.year };
    let months_from_march = (i32::from(date.month) + 9) % 12;
    let day_of_year = (153 * months_from_march + 2) / 5 + i32::from(date.day) - 1;
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    year * 365 + leap_days + day_of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_count_from_1970() {
        let days = |text| days_since_1970(Date::parse(text).unwrap());
        assert_eq!(days("1970-01-01"), 0);
        assert_eq!(days("1970-03-01"), 59);
        assert_eq!(days("2000-02-29"), 11_016);
        assert_eq!(days("2024-12-31"), 20_088);
        assert_eq!(days("1969-12-31"), -1);
    }

    #[test]
    fn equal_neighbours_share_a_run() {
        let mut runs = Runs::default();
        for value in [Value::Null, Value::Null, Value::text("a"), Value::text("a"), Value::Null] {
            runs.push(&value);
        }
        assert_eq!(runs.0.iter().map(|(_, count)| *count).collect::<Vec<_>>(), [2, 2, 1]);
    }
}
