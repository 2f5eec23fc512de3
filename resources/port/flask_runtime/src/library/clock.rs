//! `time`

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use super::functions;
use crate::native::{exactly, type_error, value_error};
use crate::{R, Value};

thread_local! {
    static START: Instant = Instant::now();
}

fn since_epoch() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

fn whole(duration: Duration) -> R {
    Ok(i64::try_from(duration.as_nanos()).unwrap_or(i64::MAX).into())
}

functions! { "time" (args, kw)
    "time" => Ok(since_epoch().as_secs_f64().into()),
    "time_ns" => whole(since_epoch()),
    "monotonic" => Ok(START.with(Instant::elapsed).as_secs_f64().into()),
    "perf_counter" => Ok(START.with(Instant::elapsed).as_secs_f64().into()),
    "perf_counter_ns" => whole(START.with(Instant::elapsed)),
    "process_time" => Ok(START.with(Instant::elapsed).as_secs_f64().into()),
    "sleep" => {
        let [seconds] = exactly("sleep", args, kw)?;
        let seconds = seconds.as_number().ok_or_else(|| {
            let name = seconds.type_name();
            type_error(format!("'{name}' object cannot be interpreted as an integer"))
        })?;
        let length = Duration::try_from_secs_f64(seconds);
        std::thread::sleep(length.map_err(|_| value_error("sleep length must be non-negative"))?);
        Ok(Value::None)
    },
}
