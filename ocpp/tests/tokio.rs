//! Both roles over real sockets on the loopback device: TLS, credentials, subprotocol, silence, back-pressure, goodbye.
//!
//! `tc_086_cs` and `tc_087_cs` are the compliance cases about TLS.
#![cfg(feature = "tokio")]

extern crate alloc;

use alloc::sync::Arc;
use core::sync::atomic::{AtomicUsize, Ordering};
use core::time::Duration;

use evkit_ocpp::journal::{MemJournal, drive_blocking};
use evkit_ocpp::schema::Version;
use evkit_ocpp::text::CiStr;
use evkit_ocpp::time::{DateTime, Instant};
use evkit_ocpp::tokio::{
    AcceptError, Acceptor, Client, ClientTls, ConnectError, End, Endpoint, Frames, Incoming, Received,
    ServerTls, Socket, drive,
};
use evkit_ocpp::v16::charge_point::{self, ChargePoint};
use evkit_ocpp::v16::csms::{self, Csms, Event};
use evkit_ocpp::v16::{
    BootNotificationRequest, BootNotificationResponse, RegistrationStatus, StatusNotificationResponse,
};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot};

/// A root and what it has signed, in PEM.
struct Authority {
    root: String,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    fn new() -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let root = params.self_signed(&key).unwrap().pem();
        Self { root, issuer: Issuer::new(params, key) }
    }

    fn sign(&self, name: &str) -> (String, String) {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        (params.signed_by(&key, &self.issuer).unwrap().pem(), key.serialize_pem())
    }

    fn server(&self, station_roots: Option<&str>) -> ServerTls {
        let (chain, key) = self.sign("localhost");
        ServerTls::from_pem(chain.as_bytes(), key.as_bytes(), station_roots.map(str::as_bytes)).unwrap()
    }
}

/// Accepts one connection and says what came of it; a station is let in if it has the password, and greeted.
async fn serve_once(acceptor: Acceptor, password: Option<&'static [u8]>) -> (u16, oneshot::Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let (said, outcome) = oneshot::channel();
    tokio::spawn(async move {
        let (tcp, _) = listener.accept().await.unwrap();
        let text = match acceptor.accept(tcp).await {
            Ok(Incoming::Station(request))
                if password.is_none_or(|password| request.has_password(password)) =>
            {
                let identity = format!("{} {:?}", request.identity(), request.version());
                let mut socket = request.accept().await.unwrap();
                socket.send("hello".to_owned()).await.unwrap();
                let _ = socket.receive().await;
                identity
            }
            Ok(Incoming::Station(request)) => {
                request.refuse().await.unwrap();
                "refused".to_owned()
            }
            Ok(Incoming::Http(request)) => {
                let path = request.path.clone();
                request.answer("200 OK", "text/plain", "status").await.unwrap();
                path
            }
            Ok(_) => unreachable!(),
            Err(AcceptError::Tls(_)) => "TLS".to_owned(),
            Err(error) => error.to_string(),
        };
        let _ = said.send(text);
    });
    (port, outcome)
}

fn client(scheme: &str, port: u16) -> Client {
    Client::new(&format!("{scheme}://localhost:{port}/ocpp"), "CP 1")
}

async fn greeting(client: &Client) -> Result<String, ConnectError> {
    let (mut socket, _) = client.connect().await?;
    match socket.receive().await {
        Ok(Received::Text(text)) => Ok(text),
        other => Ok(format!("{other:?}")),
    }
}

#[tokio::test]
async fn profile_0_takes_identity_and_subprotocol_from_the_request() {
    let (port, outcome) = serve_once(Acceptor::default(), None).await;
    assert_eq!(greeting(&client("ws", port)).await.unwrap(), "hello");
    assert_eq!(outcome.await.unwrap(), "CP 1 V16");
}

#[tokio::test]
async fn without_a_common_subprotocol_there_is_no_connection() {
    let (port, outcome) = serve_once(Acceptor::default(), None).await;
    let mut client = client("ws", port);
    client.versions = vec![Version::V201];
    assert!(matches!(client.connect().await, Err(ConnectError::Refused { status: 400, .. })));
    assert!(outcome.await.unwrap().contains("ocpp2.0.1"));
}

#[tokio::test]
async fn profile_1_asks_for_the_password() {
    for (password, right) in [(Some(&b"secret"[..]), true), (Some(b"other"), false), (None, false)] {
        let (port, outcome) = serve_once(Acceptor::default(), Some(b"secret")).await;
        let mut client = client("ws", port);
        client.password = password.map(<[u8]>::to_vec);
        match greeting(&client).await {
            Ok(text) => assert!(right && text == "hello"),
            Err(ConnectError::Refused { status: 401, .. }) => assert!(!right),
            Err(error) => panic!("{error}"),
        }
        assert_eq!(outcome.await.unwrap() == "refused", !right);
    }
}

/// Profile 2: the station verifies the server.
#[tokio::test]
async fn tc_086_cs() {
    let (authority, other) = (Authority::new(), Authority::new());
    for (root, right) in [(&authority.root, true), (&other.root, false)] {
        let mut acceptor = Acceptor::default();
        acceptor.tls = Some(authority.server(None));
        let (port, outcome) = serve_once(acceptor, None).await;
        let mut client = client("wss", port);
        client.tls = Some(ClientTls::from_pem(root.as_bytes(), None).unwrap());
        match greeting(&client).await {
            Ok(text) => assert!(right && text == "hello"),
            Err(ConnectError::Tls { .. }) => assert!(!right),
            Err(error) => panic!("{error}"),
        }
        assert_eq!(outcome.await.unwrap() == "TLS", !right);
    }
}

/// A certificate for another name is no certificate.
#[tokio::test]
async fn the_name_in_the_certificate_counts() {
    let authority = Authority::new();
    let (chain, key) = authority.sign("elsewhere");
    let mut acceptor = Acceptor::default();
    acceptor.tls = Some(ServerTls::from_pem(chain.as_bytes(), key.as_bytes(), None).unwrap());
    let (port, _) = serve_once(acceptor, None).await;
    let mut client = client("wss", port);
    client.tls = Some(ClientTls::from_pem(authority.root.as_bytes(), None).unwrap());
    assert!(matches!(client.connect().await, Err(ConnectError::Tls { .. })));
}

/// Profile 3: the server verifies the station.
#[tokio::test]
async fn tc_087_cs() {
    let (authority, stations) = (Authority::new(), Authority::new());
    let (own, wrong) = (stations.sign("CP1"), Authority::new().sign("CP1"));
    for (identity, right) in [(Some(&own), true), (Some(&wrong), false), (None, false)] {
        let mut acceptor = Acceptor::default();
        acceptor.tls = Some(authority.server(Some(&stations.root)));
        let (port, outcome) = serve_once(acceptor, None).await;
        let mut client = client("wss", port);
        let identity = identity.map(|(chain, key)| (chain.as_bytes(), key.as_bytes()));
        client.tls = Some(ClientTls::from_pem(authority.root.as_bytes(), identity).unwrap());
        assert_eq!(greeting(&client).await.is_ok_and(|text| text == "hello"), right);
        assert_eq!(outcome.await.unwrap() == "TLS", !right);
    }
}

#[tokio::test]
async fn addresses_that_cannot_work_are_told_apart_from_bad_luck() {
    let wrong = |url: &str| Client::new(url, "S");
    for url in ["http://localhost", "wss://localhost", "nonsense"] {
        assert!(wrong(url).connect().await.is_err_and(|error| error.is_lasting()), "{url}");
    }
    let refused = wrong("ws://127.0.0.1:1").connect().await.unwrap_err();
    assert!(!refused.is_lasting() && matches!(refused, ConnectError::Tcp { .. }));
}

#[tokio::test]
async fn other_requests_are_handed_out_and_answered() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let (port, outcome) = serve_once(Acceptor::default(), None).await;
    let mut tcp = tokio::net::TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    tcp.write_all(b"GET /api HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
    let mut text = String::new();
    tcp.read_to_string(&mut text).await.unwrap();
    assert!(text.starts_with("HTTP/1.1 200 OK") && text.ends_with("\r\n\r\nstatus"), "{text}");
    assert_eq!(outcome.await.unwrap(), "/api");
}

#[tokio::test]
async fn what_is_no_request_is_refused() {
    use tokio::io::AsyncWriteExt as _;
    for (bytes, remark) in [
        (&b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"[..], "malformed"),
        (b"GET / HTTP/1.1\r\n", "ended"),
        (b"GET / HTTP/1.1\r\nUpgrade: websocket\r\n\r\n", "handshake"),
    ] {
        let (port, outcome) = serve_once(Acceptor::default(), None).await;
        let mut tcp = tokio::net::TcpStream::connect(("127.0.0.1", port)).await.unwrap();
        tcp.write_all(bytes).await.unwrap();
        tcp.shutdown().await.unwrap();
        let said = outcome.await.unwrap();
        assert!(said.contains(remark), "{said}");
    }
}

// ---- the driver ----

/// Milliseconds on tokio's clock, which tests can stop.
fn clock() -> impl Fn() -> Instant {
    let start = tokio::time::Instant::now();
    move || Instant::from_millis(start.elapsed().as_millis() as u64)
}

/// The smallest station: it registers.
struct Station {
    session: ChargePoint<'static, 1>,
    journal: MemJournal<4096>,
    ping: Duration,
}

impl Station {
    fn new(ping: Duration) -> Self {
        let identity = BootNotificationRequest {
            charge_point_vendor: CiStr::cut("Vendor"),
            charge_point_model: CiStr::cut("Model"),
            charge_point_serial_number: None,
            charge_box_serial_number: None,
            firmware_version: None,
            iccid: None,
            imsi: None,
            meter_type: None,
            meter_serial_number: None,
        };
        let session = ChargePoint::new(charge_point::Config::new(identity, 1));
        Self { session, journal: MemJournal::new(), ping }
    }
}

impl Endpoint for Station {
    type Command = core::convert::Infallible;

    fn handle_open(&mut self, now: Instant) {
        self.session.handle_open(now);
    }

    fn handle_close(&mut self, now: Instant) {
        self.session.handle_close(now);
    }

    fn handle_frame(&mut self, now: Instant, text: &str) {
        self.session.handle_frame(now, text).unwrap();
    }

    fn handle_command(&mut self, _: Instant, command: Self::Command) {
        match command {}
    }

    fn handle_timeout(&mut self, now: Instant) {
        self.session.handle_timeout(now);
    }

    fn poll_transmit(&mut self, now: Instant) -> Option<String> {
        let mut buffer = [0; 1500];
        drive_blocking(now, &mut self.session, &mut self.journal);
        self.session.poll_transmit(now, &mut buffer).unwrap().map(str::to_owned)
    }

    fn poll_timeout(&self) -> Option<Instant> {
        self.session.poll_timeout()
    }

    fn ping_interval(&self) -> Duration {
        self.ping
    }
}

/// A central system that accepts every registration; a command makes it call.
struct Central {
    session: Csms,
    outgoing: Vec<String>,
    statuses: Arc<AtomicUsize>,
}

impl Endpoint for Central {
    type Command = ();

    fn handle_open(&mut self, now: Instant) {
        self.session.handle_open(now);
    }

    fn handle_close(&mut self, now: Instant) {
        self.session.handle_close(now);
    }

    fn handle_frame(&mut self, now: Instant, text: &str) {
        let mut buffer = [0; 512];
        let frame = match self.session.handle_frame(now, text).unwrap() {
            Some(Event::BootNotification(_, responder)) => {
                let response = BootNotificationResponse {
                    status: RegistrationStatus::Accepted,
                    current_time: DateTime::UNIX_EPOCH,
                    interval: 300,
                };
                self.session.answer(responder, &response, &mut buffer)
            }
            Some(Event::StatusNotification(_, responder)) => {
                self.statuses.fetch_add(1, Ordering::Relaxed);
                self.session.answer(responder, &StatusNotificationResponse {}, &mut buffer)
            }
            _ => return,
        };
        self.outgoing.insert(0, frame.unwrap().to_owned());
    }

    fn handle_command(&mut self, now: Instant, (): ()) {
        let mut buffer = [0; 256];
        let request = evkit_ocpp::v16::GetLocalListVersionRequest {};
        let frame = self.session.call(now, &request, &mut buffer).unwrap();
        self.outgoing.insert(0, frame.to_owned());
    }

    fn handle_timeout(&mut self, now: Instant) {
        self.session.handle_timeout(now);
    }

    fn poll_transmit(&mut self, _: Instant) -> Option<String> {
        self.outgoing.pop()
    }

    fn poll_timeout(&self) -> Option<Instant> {
        self.session.poll_timeout()
    }
}

fn central(statuses: &Arc<AtomicUsize>) -> Central {
    let session = Csms::new(csms::Config::new(1));
    Central { session, outgoing: Vec::new(), statuses: Arc::clone(statuses) }
}

/// A station and a central system over TLS, until the central system is told to stop.
#[tokio::test]
async fn two_drivers_talk_until_one_stops_gracefully() {
    let authority = Authority::new();
    let mut acceptor = Acceptor::default();
    acceptor.tls = Some(authority.server(None));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut client = client("wss", listener.local_addr().unwrap().port());
    client.tls = Some(ClientTls::from_pem(authority.root.as_bytes(), None).unwrap());

    let statuses = Arc::new(AtomicUsize::new(0));
    let (stop, stopped) = oneshot::channel::<()>();
    let (order, mut orders) = mpsc::channel(4);
    let mut endpoint = central(&statuses);
    let server = tokio::spawn(async move {
        let (tcp, _) = listener.accept().await.unwrap();
        let Ok(Incoming::Station(request)) = acceptor.accept(tcp).await else { panic!("a station") };
        let mut socket = request.accept().await.unwrap();
        let stop = async { _ = stopped.await };
        drive(&mut endpoint, &mut socket, &mut orders, clock(), stop).await
    });
    let (mut socket, version) = client.connect().await.unwrap();
    assert_eq!(version, Version::V16);
    let station = tokio::spawn(async move {
        let mut station = Station::new(Duration::ZERO);
        let (_keep, mut none) = mpsc::channel(1);
        let end = drive(&mut station, &mut socket, &mut none, clock(), core::future::pending()).await;
        (end, station.session.is_accepted())
    });
    while statuses.load(Ordering::Relaxed) < 2 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    order.send(()).await.unwrap();
    stop.send(()).unwrap();
    assert_eq!(server.await.unwrap(), End::Stopped);
    let (end, accepted) = station.await.unwrap();
    assert!(matches!(end, End::Closed(_)) && accepted, "{end:?}");
}

/// A socket whose peer says nothing, or does not read.
struct Deaf {
    pings: usize,
    reads: bool,
}

impl Socket for Deaf {
    async fn send(&mut self, _: String) -> Result<(), evkit_ocpp::tokio::Closed> {
        if self.reads { Ok(()) } else { core::future::pending().await }
    }

    async fn ping(&mut self) -> Result<(), evkit_ocpp::tokio::Closed> {
        self.pings += 1;
        Ok(())
    }

    async fn receive(&mut self) -> Result<Received, evkit_ocpp::tokio::Closed> {
        core::future::pending().await
    }

    async fn close(&mut self) {}
}

async fn end_of(mut socket: Deaf) -> (End, Duration, usize) {
    let start = tokio::time::Instant::now();
    let (_keep, mut none) = mpsc::channel(1);
    let mut station = Station::new(Duration::from_secs(60));
    let end = drive(&mut station, &mut socket, &mut none, clock(), core::future::pending()).await;
    (end, start.elapsed(), socket.pings)
}

#[tokio::test(start_paused = true)]
async fn a_silent_peer_is_left_after_two_intervals() {
    let (end, after, pings) = end_of(Deaf { pings: 0, reads: true }).await;
    assert_eq!((end, pings), (End::Silent, 1));
    assert!((Duration::from_secs(120)..Duration::from_secs(122)).contains(&after), "{after:?}");
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_does_not_read_is_left() {
    let (end, after, _) = end_of(Deaf { pings: 0, reads: false }).await;
    assert_eq!(end, End::Stuck);
    assert!(after >= Duration::from_secs(30) && after < Duration::from_secs(32), "{after:?}");
}

/// Any stream and sink of texts will do, such as lines over a pipe.
#[tokio::test(start_paused = true)]
async fn frames_over_a_pipe() {
    use tokio_util::codec::{Framed, LinesCodec};
    let (near, far) = tokio::io::duplex(4096);
    let mut socket = Frames(Framed::new(near, LinesCodec::new()));
    let (_keep, mut none) = mpsc::channel(1);
    let mut station = Station::new(Duration::ZERO);
    let stop = tokio::time::sleep(Duration::from_secs(1));
    let end = drive(&mut station, &mut socket, &mut none, clock(), stop).await;
    assert_eq!(end, End::Stopped);
    let mut far = Framed::new(far, LinesCodec::new());
    let first = futures_util::StreamExt::next(&mut far).await.unwrap().unwrap();
    assert!(first.contains("BootNotification"));
}
