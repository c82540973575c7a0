//! The pages as a browser asks for them. One program for all of them: each would link typesetting for itself otherwise.

mod analysis;
mod anything;
mod clashes;
mod coordination;
mod digest;
mod doors;
mod full_disk;
mod house;
mod issues;
mod meetings;
mod money;
mod openapi;
mod operations;
mod permissions;
mod ratings;
mod reach;
mod road;
