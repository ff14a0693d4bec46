//! The manual page.

use std::io::{self, Write};

/// The page of the program, with a section for each command.
pub(crate) fn write(program: &clap::Command, out: &mut dyn Write) -> io::Result<()> {
    clap_mangen::Man::new(program.clone()).render(out)?;
    commands(program, program.get_name(), out)
}

fn commands(of: &clap::Command, name: &str, out: &mut dyn Write) -> io::Result<()> {
    for command in of.get_subcommands() {
        let name = format!("{name} {}", command.get_name());
        writeln!(out, ".SH \"{}\"", name.to_uppercase())?;
        let page = clap_mangen::Man::new(command.clone().display_name(&name).bin_name(&name));
        page.render_synopsis_section(out)?;
        page.render_description_section(out)?;
        page.render_options_section(out)?;
        page.render_extra_section(out)?;
        commands(command, &name, out)?;
    }
    Ok(())
}
