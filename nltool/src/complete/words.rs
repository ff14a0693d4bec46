//! The words of bash, which begins a new word at each `=` and `:`.

use std::ffi::OsString;

/// The words as other shells see them, and how many bytes of the last one bash keeps.
pub fn joined(typed: &[OsString]) -> (Vec<OsString>, usize) {
    let mut words: Vec<OsString> = Vec::new();
    let mut is_open = false;
    let mut kept = 0;
    for word in typed {
        let is_border = !word.is_empty() && word.as_encoded_bytes().iter().all(|byte| b"=:".contains(byte));
        match words.last_mut().filter(|_| is_border || is_open) {
            Some(before) => {
                kept = before.len() + if is_border { word.len() } else { 0 };
                before.push(word);
            }
            None => {
                kept = 0;
                words.push(word.clone());
            }
        }
        is_open = is_border;
    }
    (words, kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(typed: &[&str], words: &[&str], kept: usize) {
        let typed: Vec<OsString> = typed.iter().map(OsString::from).collect();
        let words: Vec<OsString> = words.iter().map(OsString::from).collect();
        assert_eq!(joined(&typed), (words, kept), "{typed:?}");
    }

    #[test]
    fn words_are_joined_where_bash_has_split_them() {
        check(&["nltool", "do", "a", "=", "1", "b"], &["nltool", "do", "a=1", "b"], 0);
        check(&["dst", "=", "fd00", "::", "1"], &["dst=fd00::1"], 10);
        check(&["operstate", "=", "u"], &["operstate=u"], 10);
        check(&["operstate", "="], &["operstate="], 10);
        check(&["nltool", "do", ""], &["nltool", "do", ""], 0);
    }
}
