//! Writes the module's headers from the definition: `cargo run --bin headers`.

fn main() -> std::io::Result<()> {
    let kmod = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("kmod");
    own_module::headers().iter().try_for_each(|(name, contents)| std::fs::write(kmod.join(name), contents))
}
