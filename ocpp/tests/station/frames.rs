//! Frames: what is refused, one call at a time, the application's own calls, buffers.

use super::Bare;
use crate::world::{GREATEST, World};
use evkit_ocpp::rpc::{AnswerError, Failure};
use evkit_ocpp::text::CiStr;
use evkit_ocpp::time::Instant;
use evkit_ocpp::v16::charge_point::{Event, Facts};
use evkit_ocpp::v16::keys::Key;
use evkit_ocpp::v16::{
    Action, DataTransferRequest, DataTransferResponse, DataTransferStatus, InstallCertificateResponse,
    InstallCertificateStatus,
};

// ---- OCPP-J ----

#[test]
fn calls_that_cannot_be_served_are_refused_with_the_right_code() {
    let mut bare = Bare::accepted();
    for (frame, code) in [
        (r#"[2,"1","Fly",{}]"#, "NotImplemented"),
        (r#"[2,"1","Heartbeat",{}]"#, "NotSupported"),
        (r#"[2,"1","Heartbeat",{"x":1}]"#, "NotSupported"),
        (r#"[2,"1","StopTransaction",{}]"#, "NotSupported"),
        (r#"[2,"1","Reset",{}]"#, "OccurenceConstraintViolation"),
        (r#"[2,"1","Reset",{"type":"Warm"}]"#, "PropertyConstraintViolation"),
        (r#"[2,"1","Reset",{"type":1}]"#, "TypeConstraintViolation"),
        (r#"[2,"1","Reset",{"type":"Soft","x":1}]"#, "FormationViolation"),
        (r#"[2,"1","Reset"]"#, "FormationViolation"),
        (r#"[2,"1","RemoteStartTransaction",{"idTag":"\u00e9"}]"#, "PropertyConstraintViolation"),
    ] {
        let _ = bare.session.handle_frame(Instant::ZERO, frame);
        let sent = bare.sent(Instant::ZERO);
        assert_eq!(sent.len(), 1, "{frame}");
        assert!(sent[0].starts_with(&format!("[4,\"1\",\"{code}\",")), "{frame}: {}", sent[0]);
    }
}

/// No call is left without an answer or an event, whichever action it names.
#[test]
fn every_action_is_for_one_side_or_both() {
    for action in Action::ALL {
        let mut bare = Bare::accepted();
        let frame = format!(r#"[2,"1","{}",{{"x":1}}]"#, action.as_str());
        let _ = bare.session.handle_frame(Instant::ZERO, &frame);
        let sent = bare.sent(Instant::ZERO);
        let refused_as = if action.summary().ends_with("from the charge point.") {
            "NotSupported"
        } else {
            "FormationViolation"
        };
        assert_eq!(sent.len(), 1, "{frame}");
        assert!(sent[0].starts_with(&format!("[4,\"1\",\"{refused_as}\",")), "{frame}: {}", sent[0]);
    }
}

#[test]
fn one_call_at_a_time_and_the_answer_must_fit_it() {
    let mut bare = Bare::new();
    assert_eq!(bare.sent(Instant::ZERO).len(), 1);
    for stray in [r#"[3,"other",{}]"#, r#"[4,"other","InternalError","",{}]"#] {
        assert!(bare.session.handle_frame(Instant::ZERO, stray).unwrap().is_none());
    }
    assert_eq!(bare.sent(Instant::ZERO), [""; 0]);
}

#[test]
fn a_call_nobody_answers_is_answered_in_the_end() {
    let mut world = World::online();
    world.station.program.mute = true;
    let request = DataTransferRequest { vendor_id: CiStr::cut("x"), message_id: None, data: None };
    world.call(&request);
    world.wait(25_000);
    assert!(world.station.events.iter().any(|event| event == "Unanswered"));
    let answer = world.server.answers.last().unwrap();
    assert!(answer.contains("InternalError"), "{answer}");
}

#[test]
fn a_responder_is_void_after_the_connection() {
    let mut bare = Bare::accepted();
    let frame = r#"[2,"1","DataTransfer",{"vendorId":"x"}]"#;
    let Ok(Some(Event::DataTransfer(_, responder))) = bare.session.handle_frame(Instant::ZERO, frame) else {
        panic!("a data transfer is an event");
    };
    bare.session.handle_close(Instant::ZERO);
    bare.session.handle_open(Instant::ZERO);
    let response = DataTransferResponse { status: DataTransferStatus::Accepted, data: None };
    assert_eq!(bare.session.answer(responder, &response, &mut [0; 256]), Err(AnswerError::Gone));
}

#[test]
fn the_applications_own_call() {
    let mut bare = Bare::accepted();
    let request = DataTransferRequest { vendor_id: CiStr::cut("x"), message_id: None, data: None };
    let mut buffer = [0; 256];
    let text = bare.session.call(Instant::ZERO, &request, &mut buffer).unwrap().to_owned();
    assert!(bare.session.call(Instant::ZERO, &request, &mut buffer).is_err());
    let id = text.split('"').nth(1).unwrap();
    let answer = format!("[3,\"{id}\",{{\"status\":\"Maybe\"}}]");
    let event = bare.session.handle_frame(Instant::ZERO, &answer).unwrap();
    let Some(Event::Answered { result: Err(Failure::Invalid(violation)), .. }) = event else {
        panic!("{event:?}");
    };
    assert!(violation.to_string().starts_with("$.status"), "{violation}");
}

#[test]
fn the_largest_frames_fit_the_documented_buffers() {
    let mut bare = Bare::accepted();
    let now = Instant::from_secs(10);
    let all = "Energy.Active.Import.Register,Power.Active.Import,Current.Import,Current.Offered,Voltage";
    bare.session.set_setting(now, Key::MeterValuesSampledData, all).unwrap();
    bare.session.report(now, 1, &Facts { meter: GREATEST, ..Facts::default() }).unwrap();
    let trigger = r#"[2,"1","TriggerMessage",{"requestedMessage":"MeterValues"}]"#;
    bare.session.handle_frame(now, trigger).unwrap();
    let values = bare.sent(now).into_iter().find(|frame| frame.contains("MeterValues")).unwrap();
    assert_eq!(values.matches("measurand").count(), 9);
    assert!(values.len() <= 1500, "{}", values.len());
}

/// A frame in the one buffer of a small station, and the room behind it.
fn received<'b>(buffer: &'b mut [u8], frame: &str) -> (&'b str, &'b mut [u8]) {
    buffer[..frame.len()].copy_from_slice(frame.as_bytes());
    let (frame, room) = buffer.split_at_mut(frame.len());
    (str::from_utf8(frame).unwrap(), room)
}

#[test]
fn one_buffer_of_5760_bytes_is_enough_for_both_directions() {
    let mut bare = Bare::accepted();
    let (now, mut buffer) = (Instant::from_secs(10), [0; 5_760]);
    let id = "0123456789abcdef0123456789abcdef0123";
    let (frame, room) = received(&mut buffer, &format!(r#"[2,"{id}","GetConfiguration",{{}}]"#));
    let Ok(Some(Event::GetConfiguration(request, responder))) = bare.session.handle_frame(now, frame) else {
        panic!("GetConfiguration is an event");
    };
    let answer = bare.session.answer_configuration(responder, &request, &[], room).unwrap();
    assert!(answer.len() < 5_000, "{}", answer.len());
    // The longest certificate there is, in lines of 64 characters whose ends are escaped.
    let pem: String =
        (1..=5_500).map(|at| if at % 65 == 0 { "\\n".to_owned() } else { "A".to_owned() }).collect();
    let usage = r#""certificateType":"CentralSystemRootCertificate""#;
    let frame = format!(r#"[2,"{id}","InstallCertificate",{{{usage},"certificate":"{pem}"}}]"#);
    let (frame, _) = received(&mut buffer, &frame);
    let Ok(Some(Event::InstallCertificate(request, responder))) = bare.session.handle_frame(now, frame)
    else {
        panic!("InstallCertificate is an event");
    };
    assert_eq!(request.certificate.chars().count(), 5_500);
    // The certificate has been dealt with: the answer is written over it.
    let status = InstallCertificateStatus::Accepted;
    bare.session.answer(responder, &InstallCertificateResponse { status }, &mut buffer).unwrap();
}

#[test]
fn a_small_buffer_changes_nothing() {
    let mut bare = Bare::new();
    assert!(bare.session.poll_transmit(Instant::ZERO, &mut [0; 10]).is_err());
    assert_eq!(bare.sent(Instant::ZERO).len(), 1);
}
