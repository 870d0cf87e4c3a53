//! Which crate a source file belongs to.

/// Where code comes from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Origin {
    /// A crate of this repository.
    Own(String),
    /// A crate from a registry.
    Registry(String),
    /// `core`, `alloc` or what the compiler adds.
    Standard,
    /// No source is known: code the linker or the assembler made.
    Unknown,
}

impl Origin {
    /// The crate of a source file, by where cargo keeps it.
    pub(crate) fn of(file: &str) -> Self {
        if file.starts_with("/rustc/") || file.contains("/lib/rustlib/src/") {
            return Self::Standard;
        }
        if let Some((_, inside)) = file.split_once("/registry/src/") {
            // A folder for the registry, then one for each crate with its version.
            let folder = inside.split('/').nth(1).unwrap_or(inside);
            let name = folder.rsplit_once('-').map_or(folder, |(name, _)| name);
            return if name == "compiler_builtins" {
                Self::Standard
            } else {
                Self::Registry(name.to_owned())
            };
        }
        match file.rsplit_once("/src/").and_then(|(folder, _)| folder.rsplit('/').next()) {
            Some(folder) if file.starts_with('/') => Self::Own(folder.to_owned()),
            _ => Self::Unknown,
        }
    }

    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Own(name) | Self::Registry(name) => name,
            Self::Standard => "core",
            Self::Unknown => "(no source)",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_belong_to_crates() {
        for (file, origin) in [
            ("/rustc/59807616/library/core/src/option.rs", Origin::Standard),
            ("/root/.rustup/toolchains/x/lib/rustlib/src/rust/library/core/src/fmt/mod.rs", Origin::Standard),
            (
                "/c/registry/src/index.crates.io-19/embassy-net-0.9.1/src/tcp.rs",
                Origin::Registry("embassy-net".into()),
            ),
            ("/c/registry/src/x/compiler_builtins-0.1.2/src/mem/mod.rs", Origin::Standard),
            ("/home/me/evkit/ocpp/src/v16/keys.rs", Origin::Own("ocpp".into())),
            ("/home/me/evkit/examples/firmware/app/src/store/mod.rs", Origin::Own("app".into())),
            ("<unknown>", Origin::Unknown),
        ] {
            assert_eq!(Origin::of(file), origin, "{file}");
        }
    }
}
