//! The book's page about the families has the features of all of them.

#[test]
fn each_feature_of_the_families_is_on_the_page() {
    let manifest = include_str!("../../families/Cargo.toml");
    let page = include_str!("../src/families.md");
    let all = manifest.split("\nall = [").nth(1).unwrap().split(']').next().unwrap();
    let features: Vec<_> = all.split('"').skip(1).step_by(2).collect();
    assert!(page.contains(&format!("has the messages of {} families", features.len())));
    let missing: Vec<_> = features.iter().filter(|name| !page.contains(&format!("`{name}`"))).collect();
    assert!(missing.is_empty(), "the page lacks {missing:?}");
}
