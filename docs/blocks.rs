//! Every page of the book, so that its code blocks are compiled and run; a test sees to it that no page is left out.

/// The pages, each with the module that has its blocks.
macro_rules! pages {
    ($($name:ident = $page:literal),* $(,)?) => {
        $(
            #[cfg(doctest)]
            #[doc = include_str!(concat!("src/", $page))]
            pub mod $name {}
        )*

        #[cfg(test)]
        const PAGES: &[&str] = &[$($page),*];
    };
}

pages! {
    introduction = "introduction.md",
    start_socket = "start/socket.md",
    start_message = "start/message.md",
    start_hello = "start/hello.md",
    start_attributes = "start/attributes.md",
    start_rtm = "start/rtm.md",
    start_groups = "start/groups.md",
    start_events = "start/events.md",
    start_generic = "start/generic.md",
    start_trouble = "start/trouble.md",
    guide_protocol = "guide/protocol.md",
    guide_borrowed = "guide/borrowed.md",
    guide_side_by_side = "guide/side-by-side.md",
    guide_conversation = "guide/conversation.md",
    guide_tasks = "guide/tasks.md",
    guide_nltool = "guide/nltool.md",
    guide_errors = "guide/errors.md",
    guide_no_std = "guide/no_std.md",
    guide_testing = "guide/testing.md",
    guide_module = "guide/module.md",
    guide_upgrading = "guide/upgrading.md",
    families = "families.md",
    defining = "defining.md",
    reference_kernel_names = "reference/kernel-names.md",
    kernel_module = "kernel-module.md",
    testing = "testing.md",
    performance = "performance.md",
    reference_semantics = "reference/semantics.md",
}

#[cfg(test)]
mod tests {
    use super::PAGES;
    use std::fs;
    use std::path::Path;

    fn summary() -> Vec<String> {
        let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/SUMMARY.md")).unwrap();
        let links = text.split("](").skip(1).filter_map(|link| link.split(')').next());
        links.map(str::to_owned).collect()
    }

    #[test]
    fn every_page_of_the_summary_that_has_code_is_tested() {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let has_code = |page: &String| fs::read_to_string(source.join(page)).unwrap().contains("```rust");
        let left_out: Vec<String> =
            summary().into_iter().filter(|page| !PAGES.contains(&page.as_str()) && has_code(page)).collect();
        assert_eq!(left_out, [""; 0]);
    }

    #[test]
    fn every_page_that_is_tested_is_in_the_summary() {
        let summary = summary();
        assert!(PAGES.iter().all(|page| summary.iter().any(|listed| listed == page)));
    }
}
