//! A protocol of one's own, from the definition to a program: rooms and the temperature that each is to have.
//!
//! It consists of the blocks of `docs/src/guide/protocol.md`; `docs/tests/protocol.rs` compares both.

use nl_tlv::control::{Errno, ExtAck};
use nl_tlv::socket::{Change, Connection, Protocol, Request, Server};
use nl_tlv::{Flags, Header, NlMessage};
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

/// As an event, a deletion that names no room: whoever watches the rooms asks for all of them again.
#[derive(NlMessage, Debug)]
#[nl(ty = 21)]
struct AnyRoomDeleted {}

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

/// The port id of the server. Clients have to know it.
const PORT_ID: u32 = 0x726f_6f6d;

/// The multicast group of its events: one of 1 to 32.
const GROUP: u32 = 4;

fn serve() -> Result<(), Box<dyn Error>> {
    let mut server = Server::open(Protocol::USERSOCK, PORT_ID)?;
    let mut rooms = BTreeMap::new();
    // A server that was restarted has no rooms any more. A watch cannot know that by itself.
    server.notify(GROUP, &AnyRoomDeleted {}, Header::new())?;
    loop {
        // An answer that cannot be sent, because it is too long for example, does not end the server.
        if let Err(err) = answer(&server.recv()?, &mut rooms) {
            eprintln!("rooms: {err}");
        }
    }
}

fn answer(request: &Request<'_>, rooms: &mut BTreeMap<String, u8>) -> Result<(), Box<dyn Error>> {
    match request.parse::<Asked>() {
        Ok(Asked::Set(room)) if room.name == "cellar" && room.degrees > 15 => {
            // No limit can say this. The refusal points at the attribute that it is about.
            let offset = request.place("degrees")?;
            let why = ExtAck { message: Some("a cellar stays cool"), offset, ..ExtAck::NONE };
            request.refuse(Errno::EINVAL, &why)?;
        }
        Ok(Asked::Set(room)) => {
            // The event comes first: what cannot be told is not stored.
            request.notify(GROUP, &room, Header::new())?;
            rooms.insert(room.name, room.degrees);
            request.ack()?;
        }
        Ok(Asked::Delete(room)) if rooms.contains_key(&room.name) => {
            request.notify(GROUP, &room, Header::new())?;
            rooms.remove(&room.name);
            request.ack()?;
        }
        Ok(Asked::Delete(_)) => {
            request.refuse(Errno::ENOENT, &ExtAck { message: Some("no such room"), ..ExtAck::NONE })?;
        }
        Ok(Asked::Get(_)) => {
            let room = |(name, degrees): (&String, &u8)| Room { name: name.clone(), degrees: *degrees };
            request.dump(&rooms.iter().map(room).collect::<Vec<_>>(), Flags::empty())?;
        }
        // A request that breaks a limit is refused with the place in it, as the kernel does.
        Err(err) => request.refuse_unreadable(err)?,
    }
    Ok(())
}

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match run(&words.iter().map(String::as_str).collect::<Vec<_>>()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(err) => {
            eprintln!("rooms: {err}");
            ExitCode::FAILURE
        }
    }
}

fn run(words: &[&str]) -> Result<(), Box<dyn Error>> {
    let connect = || Connection::open_to(Protocol::USERSOCK, PORT_ID);
    match *words {
        ["serve"] => serve(),
        ["set", name, degrees] => {
            let room = Room { name: name.to_owned(), degrees: degrees.parse()? };
            Ok(connect()?.request(&room).map(drop)?)
        }
        ["delete", name] => Ok(connect()?.request(&RoomDelete { name: name.to_owned() }).map(drop)?),
        ["list"] => list(connect()?),
        ["watch"] => watch(connect()?),
        _ => Err("expected serve, set NAME DEGREES, delete NAME, list or watch".into()),
    }
}

fn list(mut conn: Connection) -> Result<(), Box<dyn Error>> {
    let mut rooms = conn.dump(&RoomGet {})?;
    while let Some(room) = rooms.next::<Room>()? {
        println!("{} {}", room.name, room.degrees);
    }
    Ok(())
}

/// The rooms that there are, and then each change.
fn watch(conn: Connection) -> Result<(), Box<dyn Error>> {
    let mut rooms = conn.watch::<Room>(&RoomGet {})?;
    rooms.join(GROUP)?;
    loop {
        match rooms.change()? {
            Change::Added(room) => println!("+ {} {}", room.name, room.degrees),
            Change::Changed { old, new } => println!("~ {} {} to {}", new.name, old.degrees, new.degrees),
            Change::Removed(room) => println!("- {}", room.name),
        }
    }
}
