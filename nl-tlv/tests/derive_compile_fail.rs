//! What the derives say to mistakes: one mistake a file, named after it, the compiler's words beside it.
//!
//! The words are those of one release of the compiler; `TRYBUILD=overwrite` writes them anew.
#![cfg(feature = "derive")]

#[test]
fn mistakes_are_explained() {
    trybuild::TestCases::new().compile_fail("tests/compile_fail/*.rs");
}
