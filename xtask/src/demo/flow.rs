//! What `nano dev --json` tells of samples, results, pins and saves.

use std::fs;
use std::path::Path;
use std::time::Duration;

use serde_json::Value;

use super::PATIENCE;
use super::stage::{Server, say};
use super::table::Table;

/// Edge and devices print this many objects before the flow ends, at most.
const MOST_SHOWN: usize = 12;

fn is_result(event: &Value, function: &str) -> bool {
    event["event"] == "invocation" && event["function"] == function && event["error"].is_null()
}

/// One line of an event.
fn line(event: &Value) -> Option<String> {
    let text = |key: &str| event[key].as_str().unwrap_or_default().to_owned();
    match event["event"].as_str()? {
        "appended" if event["device"].is_string() => {
            Some(format!("{:<8} {} #{}: {}", text("device"), text("woof"), event["sequence"], text("record")))
        }
        "pin" => Some(format!(
            "{:<8} pin {} {}",
            text("device"),
            event["pin"],
            if event["high"] == true { "high" } else { "low" }
        )),
        "invocation" => {
            let place = event["device"].as_str().or(event["on"].as_str()).unwrap_or("edge");
            Some(format!("{place:<8} {} -> {}", text("function"), event["result"]))
        }
        _ => None,
    }
}

/// Waits for each function's first result from samples, and for the pin; the results go into the table.
pub fn watch(server: &mut Server, table: &mut Table) -> Result<(), String> {
    let light = server.wait_for("light control on the device", 0, PATIENCE, |event| {
        is_result(event, "new_light_lvl") && event["device"] == "walkway"
    })?;
    let pin = server.wait_for("the pin of the lamp", 0, PATIENCE, |event| {
        event["event"] == "pin" && event["device"] == "walkway" && event["pin"] == 2
    })?;
    let bearing = server.wait_for("a window of vibration", 0, PATIENCE, |event| {
        is_result(event, "check_bearing") && event["device"] == "motor"
    })?;
    let summary = server.wait_for("a summary at the edge", 0, PATIENCE, |event| {
        is_result(event, "summarise") && event["device"].is_null()
    })?;
    let lamp = light["result"]["lights"] == "on";
    if pin["high"] != lamp {
        return Err(format!("the handler says {}, the pin {}", light["result"], pin["high"]));
    }
    let shown: Vec<Value> = server.objects(0);
    for text in shown.iter().filter(|event| event["device"] == "walkway").filter_map(line).take(MOST_SHOWN / 2) {
        say(&text);
    }
    for event in [&bearing, &summary] {
        say(&line(event).unwrap_or_default());
    }
    for (function, event) in [("new_light_lvl", &light), ("check_bearing", &bearing), ("summarise", &summary)] {
        table.add(&format!("{function} (sampled)"), event);
    }
    Ok(())
}

/// Waits for the light control's first result.
pub fn first_result(server: &mut Server) -> Result<(), String> {
    let light =
        server.wait_for("light control on the device", 0, PATIENCE, |event| is_result(event, "new_light_lvl"))?;
    say(&line(&light).unwrap_or_default());
    Ok(())
}

/// Saves new code, and then code with a mistake.
pub fn reload(server: &mut Server, project: &Path) -> Result<(), String> {
    let file = project.join("lights.py");
    let code = fs::read_to_string(&file).map_err(|error| error.to_string())?;
    let save = |text: &str| fs::write(&file, text).map_err(|error| error.to_string());
    let seen = server.objects(0).len();
    // Every level is above 0 now.
    let edited = code.replace("DARK = 100", "DARK = 0");
    if edited == code {
        return Err("lights.py has no DARK = 100 to change".into());
    }
    say("lights.py: DARK = 100 becomes DARK = 0");
    save(&edited)?;
    let reloaded = server.wait_for("the new code's result", seen, PATIENCE, |event| {
        event["event"] == "reloaded" && event["invocation"]["function"] == "new_light_lvl"
    })?;
    let since = Duration::from_micros(reloaded["since_save_us"].as_u64().unwrap_or(0));
    say(&format!("{:.0} ms after the save: {}", since.as_secs_f64() * 1000.0, reloaded["invocation"]["result"]));
    if reloaded["invocation"]["result"]["lights"] != "off" {
        return Err("the new code did not run".into());
    }
    let pin = server.wait_for("the lamp to go off", seen, PATIENCE, |event| event["event"] == "pin")?;
    say(&line(&pin).unwrap_or_default());

    let seen = server.objects(0).len();
    say("lights.py: a mistake is saved");
    save(&edited.replace("level = payload[0]", "level = payload[0"))?;
    let refused = server.wait_for("the mistake to be shown", seen, PATIENCE, |event| event["event"] == "refused")?;
    let text = refused["text"].as_str().unwrap_or_default();
    say(text.trim_end());
    if !text.contains('^') {
        return Err("the mistake was shown without a caret".into());
    }
    let seen = server.objects(0).len();
    let goes_on =
        server.wait_for("the old code to go on", seen, PATIENCE, |event| is_result(event, "new_light_lvl"))?;
    say("and the old code goes on:");
    say(&line(&goes_on).unwrap_or_default());
    save(&edited)
}
