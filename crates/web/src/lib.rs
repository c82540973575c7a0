//! wip
pub async fn serve(_: tokio::net::TcpListener, _: romduol_app::App, _: Option<Vec<u8>>, _: bool) -> std::io::Result<()> { Ok(()) }
