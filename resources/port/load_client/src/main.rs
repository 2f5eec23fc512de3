//! Sends fixed requests to a server on loopback, over kept connections, for some seconds.
//!
//! `load_client PORT CONNECTIONS SECONDS FILE` prints one object of JSON: `requests`, `seconds`,
//! `connections` (opened in all), `errors` by kind, and `latencies`: pairs of microseconds, of
//! which no answer in its bucket took more, and how many answers are in it.

mod answer;
mod client;
mod histogram;
mod requests;
mod tally;

use std::env;
use std::fs;
use std::process::ExitCode;
use std::thread;
use std::time::{Duration, Instant};

use crate::client::Client;
use crate::requests::Request;
use crate::tally::Tally;

struct Order {
    port: u16,
    connections: usize,
    seconds: f64,
    requests: Vec<Request>,
}

fn main() -> ExitCode {
    match order() {
        Ok(order) => {
            let (tally, taken) = load(&order);
            println!("{}", tally.json(taken));
            ExitCode::SUCCESS
        }
        Err(problem) => {
            eprintln!("load_client: {problem}");
            ExitCode::from(2)
        }
    }
}

fn order() -> Result<Order, String> {
    let given: Vec<String> = env::args().skip(1).collect();
    let [port, connections, seconds, file] = given.as_slice() else {
        return Err("give PORT CONNECTIONS SECONDS FILE".to_owned());
    };
    let order = Order {
        port: port.parse().map_err(|_| format!("{port} is no port"))?,
        connections: connections
            .parse()
            .map_err(|_| format!("{connections} is no number of connections"))?,
        seconds: seconds
            .parse()
            .map_err(|_| format!("{seconds} is no number of seconds"))?,
        requests: requests::parse(&fs::read(file).map_err(|error| format!("{file}: {error}"))?)?,
    };
    let possible = order.connections > 0 && (0.0..=3600.0).contains(&order.seconds);
    if possible {
        Ok(order)
    } else {
        Err("give at least one connection, and up to an hour".to_owned())
    }
}

/// Everything that came back, and the seconds until the last answer.
fn load(order: &Order) -> (Tally, f64) {
    let began = Instant::now();
    let deadline = began + Duration::from_secs_f64(order.seconds);
    let mut total = Tally::default();
    thread::scope(|scope| {
        let running: Vec<_> = (0..order.connections)
            .map(|number| {
                scope.spawn(move || Client::new(order.port, &order.requests, number).run(deadline))
            })
            .collect();
        for client in running {
            match client.join() {
                Ok(tally) => total.add(&tally),
                Err(_) => total.fail("panic"),
            }
        }
    });
    (total, began.elapsed().as_secs_f64())
}
