//! `evkit meters simulate`: a Modbus TCP server with the registers of a meter.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Mutex, PoisonError};

use anyhow::Context as _;
use clap::Args;
use evkit_modbus_registers::{Bank, Decimal, Map, Quantity, mbap, pdu};

use crate::tool::Outcome;

#[derive(Debug, Args)]
pub(in crate::tool) struct Arguments {
    /// Model as in the list, or a part of it that only one model has
    #[arg(value_name = "MODEL", value_parser = super::find)]
    map: &'static Map<'static>,
    /// Where to listen; with port 0 the system chooses one
    #[arg(long, value_name = "HOST:PORT")]
    listen: String,
    /// A value in the unit of the quantity, such as current_l1=15.98; registers that hold a scale come first
    #[arg(long, value_name = "QUANTITY=VALUE", value_parser = setting)]
    set: Vec<(Quantity, Decimal)>,
}

fn setting(text: &str) -> Result<(Quantity, Decimal), String> {
    let (name, value) = text.split_once('=').ok_or("expected QUANTITY=VALUE")?;
    let (whole, fraction) = value.split_once('.').unwrap_or((value, ""));
    let exponent = i32::try_from(fraction.len()).map_err(|_| "too many decimals")?;
    let mantissa =
        format!("{whole}{fraction}").parse().map_err(|_| format!("{value} is no decimal number"))?;
    let value = Decimal::new(mantissa, -exponent).ok_or("too many decimals")?;
    Ok((super::quantity(name)?, value))
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<Outcome> {
    let mut storage = vec![0; arguments.map.total_words()];
    let mut bank = Bank::new(arguments.map, &mut storage)?;
    for &(quantity, value) in &arguments.set {
        bank.set(quantity, value)?;
    }
    let listener = TcpListener::bind(&arguments.listen).with_context(|| arguments.listen.clone())?;
    println!("{} at {}", super::name(arguments.map), listener.local_addr()?);
    std::io::stdout().flush()?;
    let bank = Mutex::new(bank);
    std::thread::scope(|scope| {
        for stream in listener.incoming() {
            let (stream, bank) = (stream?, &bank);
            scope.spawn(move || {
                if let Err(error) = serve(stream, bank) {
                    eprintln!("{error:#}");
                }
            });
        }
        Ok(Outcome::Fine)
    })
}

/// Answers one connection until the client closes it or sends what is not Modbus.
fn serve(mut stream: TcpStream, bank: &Mutex<Bank<'_>>) -> anyhow::Result<()> {
    let mut received = Vec::new();
    loop {
        while let Some((frame, length)) = mbap::Frame::decode(&received)? {
            let mut unit = [0; pdu::MAX_PDU];
            let answer = bank.lock().unwrap_or_else(PoisonError::into_inner).answer(frame.pdu, &mut unit)?;
            let mut buffer = [0; mbap::MAX_FRAME];
            stream.write_all(mbap::Frame { pdu: answer, ..frame }.encode(&mut buffer)?)?;
            received.drain(..length);
        }
        let mut chunk = [0; mbap::MAX_FRAME];
        match stream.read(&mut chunk)? {
            0 => return Ok(()),
            count => received.extend_from_slice(&chunk[..count]),
        }
    }
}
