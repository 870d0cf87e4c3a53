//! `evkit meters simulate`: a Modbus TCP server with the registers of a meter.

use std::io::Write as _;

use anyhow::Context as _;
use clap::Args;
use evkit_modbus_registers::{Bank, Decimal, Map, Quantity};
use tokio::net::TcpListener;

use crate::net::modbus::server::serve;
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
    // The device is there until the program ends.
    let storage = vec![0; arguments.map.total_words()].leak();
    let mut bank = Bank::new(arguments.map, storage)?;
    for &(quantity, value) in &arguments.set {
        bank.set(quantity, value)?;
    }
    super::block_on(async {
        let listener =
            TcpListener::bind(&arguments.listen).await.with_context(|| arguments.listen.clone())?;
        println!("{} at {}", super::name(arguments.map), listener.local_addr()?);
        std::io::stdout().flush()?;
        serve(listener, bank).await?;
        Ok(Outcome::Fine)
    })?
}
