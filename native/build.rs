//! Links the addon the way its platform wants it.

fn main() {
    napi_build::setup();
}
