//! The closing table: function, where, result, time, energy, memory.

use std::fmt;

use serde_json::Value;

/// Rows of what `nano run --function .. --json` printed.
#[derive(Debug, Default)]
pub struct Table {
    rows: Vec<[String; 6]>,
}

impl Table {
    /// One run of a function.
    pub fn add(&mut self, function: &str, run: &Value) {
        let microseconds = |value: &Value| match value.as_f64() {
            Some(time) if time >= 1000.0 => format!("{:.1} ms", time / 1000.0),
            Some(time) => format!("{time:.0} us"),
            None => "-".into(),
        };
        self.rows.push([
            function.into(),
            run["on"].as_str().unwrap_or("-").into(),
            shortened(&run["result"].to_string()),
            microseconds(&run["duration_us"]),
            run["energy_uj"].as_f64().map_or("-".into(), |energy| format!("{energy:.1} uJ")),
            run["heap_peak_bytes"].as_u64().map_or("-".into(), |bytes| format!("{bytes} B")),
        ]);
    }
}

fn shortened(text: &str) -> String {
    const LONGEST: usize = 32;
    if text.chars().count() <= LONGEST {
        return text.into();
    }
    text.chars().take(LONGEST - 2).chain("..".chars()).collect()
}

impl fmt::Display for Table {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let head = ["function", "where", "result", "time", "energy (estimated)", "memory"].map(String::from);
        let rows: Vec<&[String; 6]> = std::iter::once(&head).chain(&self.rows).collect();
        for row in &rows {
            for (column, cell) in row.iter().enumerate() {
                let width = rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
                // Words to the left, numbers to the right.
                if column < 3 {
                    write!(formatter, "{cell:<width$}  ")?;
                } else {
                    write!(formatter, "{cell:>width$}  ")?;
                }
            }
            writeln!(formatter)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Table;
    use serde_json::json;

    #[test]
    fn columns_line_up() {
        let mut table = Table::default();
        table.add(
            "f",
            &json!({"on": "device", "result": {"a": 1}, "duration_us": 93.4, "energy_uj": 17.25, "heap_peak_bytes": 812}),
        );
        table.add(
            "f",
            &json!({"on": "cloud", "result": "x".repeat(50), "duration_us": 12345.0, "energy_uj": null, "heap_peak_bytes": null}),
        );
        let text = table.to_string();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 3);
        assert!(lines.iter().all(|line| line.chars().count() == lines[0].chars().count()), "{text}");
        assert!(
            text.contains("93 us") && text.contains("12.3 ms") && text.contains("17.2 uJ") && text.contains("812 B")
        );
    }
}
