//! The Test Anything Protocol, in which the scenario suite reports.

use anyhow::{Result, bail};

use crate::tally::Tally;

/// A complete report.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Report {
    pub(crate) tally: Tally,
    /// The `not ok` lines, with the `#` lines that follow them.
    pub(crate) failures: Vec<String>,
    /// The lines of skipped points.
    pub(crate) skips: Vec<String>,
    /// Other lines for people, which start with `#`.
    pub(crate) remarks: Vec<String>,
}

/// Reads a report; it has to have its plan, and exactly the points that the plan promises.
pub(crate) fn parse(text: &str) -> Result<Report> {
    let mut report = Report::default();
    let (mut plan, mut points, mut after_failure) = (None, 0, false);
    for line in text.lines().map(str::trim_end) {
        if let Some(count) = line.strip_prefix("1..") {
            let count = count.split_whitespace().next().and_then(|count| count.parse::<usize>().ok());
            if plan.is_some() || count.is_none() {
                bail!("a second or unreadable plan: {line}");
            }
            plan = count;
        } else if line.starts_with("Bail out!") {
            bail!("the suite gave up: {line}");
        } else if let Some((passed, rest)) = point(line) {
            points += 1;
            if rest.split_once('#').is_some_and(|(_, mark)| mark.trim_start().starts_with("SKIP")) {
                report.tally.skipped += 1;
                report.skips.push(line.to_owned());
            } else if passed {
                report.tally.passed += 1;
            } else {
                report.tally.failed += 1;
                report.failures.push(line.to_owned());
            }
            after_failure = !passed;
        } else if after_failure && line.starts_with(['#', ' ']) {
            report.failures.push(line.to_owned());
        } else if line.starts_with('#') {
            report.remarks.push(line.to_owned());
        }
    }
    match plan {
        None => bail!("no plan among {points} results: the suite did not end"),
        Some(0) => bail!("the plan is empty"),
        Some(plan) if plan != points => bail!("{points} results, but the plan was {plan}"),
        Some(_) => Ok(report),
    }
}

/// Whether the point passed, and what the line says of it.
fn point(line: &str) -> Option<(bool, &str)> {
    let (passed, rest) = match line.strip_prefix("not ok") {
        Some(rest) => (false, rest),
        None => (true, line.strip_prefix("ok")?),
    };
    (rest.is_empty() || rest.starts_with(' ')).then_some((passed, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_are_counted_by_outcome() {
        let report =
            parse("1..3\nok 1 - a\n# 5 s\nnot ok 2 - b\n# expected 4\nok 3 - c # SKIP no module\n").unwrap();
        assert_eq!(report.tally, Tally { passed: 1, failed: 1, skipped: 1 });
        assert_eq!(report.failures, ["not ok 2 - b", "# expected 4"]);
        assert_eq!(report.skips, ["ok 3 - c # SKIP no module"]);
        assert_eq!(report.remarks, ["# 5 s"]);
    }

    #[test]
    fn the_plan_may_come_last() {
        assert_eq!(parse("ok 1\r\nok 2\r\n1..2\r\n").unwrap().tally.passed, 2);
    }

    #[test]
    fn a_report_without_its_plan_is_an_error() {
        assert!(parse("ok 1 - a\nok 2 - b\n").unwrap_err().to_string().contains("no plan"));
        assert!(parse("").is_err());
    }

    #[test]
    fn a_report_that_stops_short_is_an_error() {
        let error = parse("1..3\nok 1 - a\n").unwrap_err().to_string();
        assert!(error.contains('1') && error.contains('3'), "{error}");
    }

    #[test]
    fn an_empty_or_second_plan_is_an_error() {
        assert!(parse("1..0\n").is_err());
        assert!(parse("1..1\nok 1\n1..1\n").is_err());
        assert!(parse("1..x\n").is_err());
    }

    #[test]
    fn giving_up_is_an_error() {
        assert!(parse("1..1\nok 1\nBail out! no memory\n").is_err());
    }

    #[test]
    fn other_lines_are_no_points() {
        assert_eq!(parse("okay then\n1..1\nok 1\nnot okay\n").unwrap().tally, Tally::PASSED);
    }
}
