//! A protocol of one's own, from the definition to a program: rooms and the temperature that each is to have.
//!
//! One process holds the rooms and serves the others; they talk over `NETLINK_USERSOCK`, so no kernel module is needed.

use clap::{Parser, Subcommand};
use nl_tlv::control::{DumpEnd, Errno, ExtAck};
use nl_tlv::socket::{Change, Connection, Protocol, Request, Server, Watch};
use nl_tlv::{Header, NlMessage};
use std::collections::BTreeMap;
use std::error::Error;
use std::process::ExitCode;

/// What a room is to be like. As a request it creates or changes the room; as an event it says that this happened.
#[derive(NlMessage, Debug, Clone, PartialEq)]
#[nl(ty = 20, deleted = 21)]
struct Room {
    #[nl(attr = 1, min_len = 1, max_len = 31, key)]
    name: String,
    #[nl(attr = 2, range = 5..=30)]
    degrees: u8,
}

/// Deletes a room; as an event, says that it is gone.
#[derive(NlMessage, Debug, Clone, PartialEq)]
#[nl(ty = 21)]
struct RoomDelete {
    #[nl(attr = 1, min_len = 1, max_len = 31)]
    name: String,
}

/// Asks for all rooms.
#[derive(NlMessage, Debug, Clone, PartialEq)]
#[nl(ty = 22)]
struct RoomGet {}

/// What a client may ask for.
#[derive(NlMessage, Debug)]
enum Asked {
    Set(Room),
    Delete(RoomDelete),
    Get(RoomGet),
}

/// Where the server is reached.
const PORT_ID: u32 = 0x726f_6f6d;

/// The multicast group of its events.
const GROUP: u32 = 4;

/// Sets the temperature of rooms, and follows what others set.
#[derive(Parser)]
#[command(after_help = "\
Examples:
  rooms serve &
  rooms set kitchen 21
  rooms list
  rooms watch            every change, as it happens

Events need the right to join a group: `unshare -Urn sh` gives it to anybody.")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Holds the rooms, until interrupted
    Serve,
    /// Sets the temperature of a room, 5 to 30 degrees
    Set { name: String, degrees: u8 },
    /// Deletes a room
    Delete { name: String },
    /// Lists the rooms
    List,
    /// Prints the rooms, and each change of them
    Watch {
        /// End after so many changes
        #[arg(long)]
        count: Option<usize>,
    },
}

fn main() -> ExitCode {
    match run(Cli::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(err) => {
            eprintln!("rooms: {err}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<(), Box<dyn Error>> {
    if let Command::Serve = command {
        return serve();
    }
    let mut conn = Connection::open_to(Protocol::USERSOCK, PORT_ID)?;
    match command {
        Command::Set { name, degrees } => drop(conn.request(&Room { name, degrees })?),
        Command::Delete { name } => drop(conn.request(&RoomDelete { name })?),
        Command::List => {
            let mut rooms = conn.dump(&RoomGet {})?;
            while let Some(room) = rooms.next::<Room>()? {
                println!("{} {}", room.name, room.degrees);
            }
        }
        Command::Watch { count } => watch(conn, count.unwrap_or(usize::MAX))?,
        Command::Serve => {}
    }
    Ok(())
}

/// The rooms that there are, and then each change.
fn watch(conn: Connection, count: usize) -> Result<(), Box<dyn Error>> {
    conn.join(GROUP)?;
    let mut rooms = Watch::<Room>::new(conn, &RoomGet {})?;
    for _ in 0..count {
        match rooms.change()? {
            Change::Added(room) => println!("+ {} {}", room.name, room.degrees),
            Change::Changed { old, new } => println!("~ {} {} to {}", new.name, old.degrees, new.degrees),
            Change::Removed(room) => println!("- {}", room.name),
        }
    }
    Ok(())
}

fn serve() -> Result<(), Box<dyn Error>> {
    let mut server = Server::open(Protocol::USERSOCK, PORT_ID)?;
    server.set_timeout(None);
    let mut rooms = BTreeMap::new();
    loop {
        answer(&server.recv()?, &mut rooms)?;
    }
}

fn answer(request: &Request<'_>, rooms: &mut BTreeMap<String, u8>) -> Result<(), Box<dyn Error>> {
    match request.parse::<Asked>() {
        Ok(Asked::Set(room)) => {
            rooms.insert(room.name.clone(), room.degrees);
            request.notify(GROUP, &room, Header::new())?;
            request.ack()?;
        }
        Ok(Asked::Delete(room)) if rooms.remove(&room.name).is_some() => {
            request.notify(GROUP, &room, Header::new())?;
            request.ack()?;
        }
        Ok(Asked::Delete(_)) => {
            request.refuse(Errno::ENOENT, &ExtAck { message: Some("no such room"), ..ExtAck::NONE })?
        }
        Ok(Asked::Get(_)) => {
            let all: Vec<Room> =
                rooms.iter().map(|(name, &degrees)| Room { name: name.clone(), degrees }).collect();
            request.dump(&all, DumpEnd::default())?;
        }
        // A request that breaks a limit is refused with the place in it, as the kernel does.
        Err(err) => request.refuse_unreadable(err)?,
    }
    Ok(())
}
