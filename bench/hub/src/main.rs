//! A Ballista scheduler, executor and client in one program, on the loopback address only: the recipe of a hub for
//! several countries. Refuses to listen anywhere else, and to judge answers (check.py does).

use std::error::Error;
use std::sync::Arc;
use std::time::Instant;

use ballista::prelude::SessionContextExt;
use ballista_executor::executor_process::{ExecutorProcessConfig, start_executor_process};
use ballista_scheduler::cluster::BallistaCluster;
use ballista_scheduler::config::SchedulerConfig;
use ballista_scheduler::scheduler_process::start_server;
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::DataType;
use datafusion::arrow::util::display::array_value_to_string;
use datafusion::prelude::{ParquetReadOptions, SessionContext};

const LOOPBACK: &str = "127.0.0.1";
const USAGE: &str = "use: scheduler PORT | executor SCHEDULER_PORT PORT FOLDER | client SCHEDULER_PORT DATA QUERIES";

type Outcome = Result<(), Box<dyn Error>>;

fn main() -> Outcome {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    // Plans are deep: the default stack of a worker thread is too small for them.
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().thread_stack_size(32 << 20).build()?;
    runtime.block_on(async {
        match words.as_slice() {
            ["scheduler", port] => scheduler(port.parse()?).await,
            ["executor", scheduler, port, folder] => executor(scheduler.parse()?, port.parse()?, folder).await,
            ["client", scheduler, data, queries] => client(scheduler.parse()?, data, queries).await,
            _ => Err(USAGE.into()),
        }
    })
}

/// Notices within seconds that an executor is gone; the defaults wait for minutes.
async fn scheduler(port: u16) -> Outcome {
    let config = SchedulerConfig {
        external_host: LOOPBACK.into(),
        bind_host: LOOPBACK.into(),
        bind_port: port,
        executor_timeout_seconds: 10,
        expire_dead_executor_interval_seconds: 2,
        no_executors_grace_period_seconds: 10,
        ..Default::default()
    };
    let cluster = BallistaCluster::new_from_config(&config).await?;
    start_server(cluster, format!("{LOOPBACK}:{port}").parse()?, Arc::new(config)).await?;
    Ok(())
}

/// Takes `port` for data and the next one for commands.
async fn executor(scheduler: u16, port: u16, folder: &str) -> Outcome {
    let config = ExecutorProcessConfig {
        bind_host: LOOPBACK.into(),
        external_host: Some(LOOPBACK.into()),
        port,
        grpc_port: port + 1,
        scheduler_host: LOOPBACK.into(),
        scheduler_port: scheduler,
        scheduler_connect_timeout_seconds: 20,
        vcores: 1,
        work_dir: Some(folder.into()),
        executor_heartbeat_interval_seconds: 2,
        ..Default::default()
    };
    start_executor_process(Arc::new(config)).await?;
    Ok(())
}

/// Runs each `name: statement` of the file and prints its rows as `name`, then the cells, separated by tabs.
async fn client(scheduler: u16, data: &str, queries: &str) -> Outcome {
    let context = SessionContext::remote(&format!("df://{LOOPBACK}:{scheduler}")).await?;
    let folders = [("country", DataType::Utf8), ("year", DataType::Int32), ("indicator", DataType::Int32)];
    let folders = folders.map(|(name, kind)| (name.to_string(), kind)).to_vec();
    context.register_parquet("hub", data, ParquetReadOptions::default().table_partition_cols(folders)).await?;
    for line in std::fs::read_to_string(queries)?.lines().filter(|line| !line.starts_with("--")) {
        let Some((name, statement)) = line.split_once(": ") else { continue };
        let started = Instant::now();
        let batches = context.sql(statement).await?.collect().await?;
        eprintln!("{name} took {} ms", started.elapsed().as_millis());
        for batch in &batches {
            print_rows(name, batch)?;
        }
    }
    Ok(())
}

fn print_rows(name: &str, batch: &RecordBatch) -> Outcome {
    for row in 0..batch.num_rows() {
        let cells: Result<Vec<String>, _> = batch.columns().iter().map(|c| array_value_to_string(c, row)).collect();
        println!("{name}\t{}", cells?.join("\t"));
    }
    Ok(())
}
