//! Links the C library, which std would otherwise bring: its start code calls `main`.

fn main() {
    println!("cargo:rustc-link-arg-bins=-lc");
}
