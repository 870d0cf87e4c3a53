//! One group per crate: what it does most often.

use std::hint::black_box;
use std::time::Duration;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use evkit_config_format::keba;
use evkit_dlm::Controller;
use evkit_dlm::controller::{EvseConfig, EvseFacts, NodeConfig, Settings};
use evkit_dlm::limits::{Limit, LimitSet, Role};
use evkit_dlm::units::{Instant, Milliamps};
use evkit_hal::evse::{Config, Evse, Inputs};
use evkit_hal::pilot::{Sample, level};
use evkit_modbus_registers::devices::siemens::PAC2200;
use evkit_modbus_registers::{Bank, Decimal, Quantity};
use evkit_ocpp::rpc::Frame;
use evkit_ocpp::schema::Version;
use evkit_ocpp::v16::{Action, Request, check_request};
use evkit_rfid::{KebaSettings, Link, Listed, Occasion, Policy, Situation, Uid};

const BOOT: &str = r#"{"chargePointVendor":"VendorX","chargePointModel":"SingleSocketCharger","chargePointSerialNumber":"gp.001.13.1","chargeBoxSerialNumber":"gp.001.13.1.01","firmwareVersion":"0.9.87","iccid":"89310410106543789301","imsi":"310410123456789","meterType":"DBT NQC-ACDC","meterSerialNumber":"gp.001.13.1.01"}"#;
const START: &str =
    r#"{"connectorId":1,"idTag":"04A224B25C6480","meterStart":12345,"timestamp":"2026-03-02T06:30:00Z"}"#;
const METER: &str = r#"{"connectorId":1,"transactionId":42,"meterValue":[{"timestamp":"2026-03-02T06:30:00Z","sampledValue":[{"value":"12345.6","context":"Sample.Periodic","measurand":"Energy.Active.Import.Register","unit":"Wh"},{"value":"11040","context":"Sample.Periodic","measurand":"Power.Active.Import","unit":"W"},{"value":"16.0","context":"Sample.Periodic","measurand":"Current.Import","phase":"L1","unit":"A"},{"value":"16.0","context":"Sample.Periodic","measurand":"Current.Import","phase":"L2","unit":"A"},{"value":"16.0","context":"Sample.Periodic","measurand":"Current.Import","phase":"L3","unit":"A"},{"value":"16","context":"Sample.Periodic","measurand":"Current.Offered","unit":"A"}]}]}"#;

fn ocpp(c: &mut Criterion) {
    let mut group = c.benchmark_group("ocpp");
    let payloads =
        [(Action::BootNotification, BOOT), (Action::StartTransaction, START), (Action::MeterValues, METER)];
    for (action, payload) in payloads {
        group.throughput(Throughput::Bytes(payload.len() as u64));
        group.bench_function(format!("{action} check"), |b| {
            b.iter(|| check_request(action, black_box(payload)).is_ok());
        });
        group.bench_function(format!("{action} check and decode"), |b| {
            b.iter(|| Request::decode(action, black_box(payload)).is_ok());
        });
        let request = Request::decode(action, payload).expect("a valid payload");
        let mut buffer = [0; 4096];
        group.bench_function(format!("{action} encode"), |b| {
            b.iter(|| request.encode(black_box(&mut buffer)).is_ok());
        });
    }
    let frame = format!(r#"[2,"19223201","MeterValues",{METER}]"#);
    group.throughput(Throughput::Bytes(frame.len() as u64));
    group.bench_function("frame", |b| b.iter(|| Frame::parse(black_box(&frame), Version::V16).is_ok()));
    group.finish();
}

fn dlm(c: &mut Criterion) {
    let mut main = LimitSet::default();
    main.set(Limit::new(Role::Installation, Milliamps(100_000))).expect("room for one limit");
    let nodes = [
        NodeConfig { limits: main, ..NodeConfig::default() },
        NodeConfig { parent: Some(0), ..NodeConfig::default() },
        NodeConfig { parent: Some(1), ..NodeConfig::default() },
    ];
    let mut evses = [EvseConfig::on(1); 12];
    evses[6..].iter_mut().for_each(|evse| evse.node = 2);
    let mut controller: Controller<3, 12> =
        Controller::new(&nodes, &evses, Settings::default()).expect("a site that makes sense");
    let mut now = 0;
    c.bench_function("dlm/tick with 12 EVSEs", |b| {
        b.iter(|| {
            now += 1000;
            let at = Instant::from_millis(now);
            for evse in 0..12 {
                let facts = EvseFacts::charging([Milliamps(6_000); 3]);
                controller.handle_evse(evse, at, facts).expect("an EVSE of the site");
            }
            controller.tick(at);
            controller.offer(3)
        });
    });
}

fn modbus(c: &mut Criterion) {
    let wanted = [Quantity::CurrentL1, Quantity::CurrentL2, Quantity::CurrentL3, Quantity::VoltageL1N];
    let mut storage = vec![0; PAC2200.total_words()];
    let mut bank = Bank::new(&PAC2200, &mut storage).expect("room for all registers");
    for quantity in wanted {
        bank.set(quantity, Decimal::from_milli(230_123)).expect("a quantity of the meter");
    }
    let read = PAC2200.plan(&wanted).next().expect("one read");
    let mut words = vec![0; usize::from(read.words())];
    bank.read(read.function(), read.address(), read.words(), &mut words).expect("an allowed read");
    c.bench_function("modbus/plan four quantities", |b| b.iter(|| PAC2200.plan(black_box(&wanted)).count()));
    c.bench_function("modbus/decode four quantities", |b| {
        b.iter(|| read.decode(black_box(&words[..])).map(|readings| readings.filter(Result::is_ok).count()));
    });
}

fn config(c: &mut Criterion) {
    let line = "MaxAvailableCurrent=40000\nNominalVoltage=230\n# a comment\nPwmMinCurrentDefault = 6000\n";
    let text = format!("[LOADMANAGEMENT]\n{}", line.repeat(10_000));
    let mut group = c.benchmark_group("config");
    group.throughput(Throughput::Bytes(text.len() as u64)).sample_size(20);
    group.bench_function("parse KEBA text", |b| {
        b.iter(|| keba::Config::parse(black_box(text.as_bytes())).file().entries().count());
    });
    group.finish();
}

fn rfid(c: &mut Criterion) {
    let settings = KebaSettings { authorization: true, ..KebaSettings::default() };
    let policy = Policy::from(&settings);
    let situation = Situation { local: Some(Listed::ACCEPTED), ..Situation::new(Occasion::CARD, Link::Down) };
    c.bench_function("rfid/parse a UID", |b| b.iter(|| Uid::parse(black_box("04:a2:24:b2:5c:64:80"))));
    c.bench_function("rfid/decide about a card", |b| b.iter(|| policy.decide(black_box(&situation))));
}

fn hal(c: &mut Criterion) {
    let at = |ms| evkit_hal::units::Instant::from_millis(ms);
    let mut evse = Evse::new(at(0), &Config::DEFAULT).expect("the default settings");
    let mut now = 0;
    c.bench_function("hal/one step of a connector", |b| {
        b.iter(|| {
            now += 20;
            let pilot = Some(Sample::constant(level::NOMINAL_B));
            evse.handle_inputs(at(now), Inputs { pilot, ..Inputs::default() });
            while evse.poll_event().is_some() {}
            evse.outputs()
        });
    });
}

criterion_group! {
    name = benches;
    config = Criterion::default().warm_up_time(Duration::from_millis(500)).measurement_time(Duration::from_secs(2));
    targets = ocpp, dlm, modbus, config, rfid, hal
}
criterion_main!(benches);
