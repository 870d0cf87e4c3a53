//! Frames from any text: offsets stay inside, answers are for calls only, payloads are JSON.
#![no_main]

use evkit_ocpp::json::Lexer;
use evkit_ocpp::rpc::{Frame, write_error};
use evkit_ocpp::schema::Version;
use evkit_ocpp::text::Str;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    for version in [Version::V16, Version::V201, Version::V21] {
        match Frame::parse(text, version) {
            Ok(frame) => {
                assert!(frame.id().text().len() <= 36);
                assert_eq!(frame.id().to_buf().id(), *frame.id());
                if let Frame::Call { payload, .. } | Frame::Result { payload, .. } = frame {
                    assert_eq!(Lexer::new(payload).skip(), Ok(payload));
                }
            }
            Err(error) => {
                assert!(error.offset as usize <= text.len());
                let _ = error.to_string();
                if let Some((id, code)) = error.answer(version) {
                    assert!(matches!(error.message_type, None | Some(2)) || version == Version::V201);
                    let mut buffer = [0; 600];
                    let description = Str::cut(text);
                    if let Ok(answer) = write_error(&mut buffer, version, &id, code, &description) {
                        assert!(matches!(Frame::parse(answer, version), Ok(Frame::Error { .. })));
                    }
                }
            }
        }
    }
});
