//! How an EVSE's terminals are connected to the grid (Bender manual 7.8).

use evkit_config_format::station;
use serde::Deserialize;

/// Phase rotation: which grid phase is behind terminals 1, 2, 3; R, S, T are L1, L2, L3.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[allow(missing_docs)]
pub enum Wiring {
    #[default]
    RST,
    STR,
    TRS,
    RTS,
    SRT,
    TSR,
}

impl Wiring {
    const ALL: [Self; 6] = [Self::RST, Self::STR, Self::TRS, Self::RTS, Self::SRT, Self::TSR];

    /// The letters.
    pub fn name(self) -> &'static str {
        match self {
            Self::RST => "RST",
            Self::STR => "STR",
            Self::TRS => "TRS",
            Self::RTS => "RTS",
            Self::SRT => "SRT",
            Self::TSR => "TSR",
        }
    }

    /// Grid phase (0 is L1) behind terminals 1, 2, 3.
    pub fn phases(self) -> [usize; 3] {
        match self {
            Self::RST => [0, 1, 2],
            Self::STR => [1, 2, 0],
            Self::TRS => [2, 0, 1],
            Self::RTS => [0, 2, 1],
            Self::SRT => [1, 0, 2],
            Self::TSR => [2, 1, 0],
        }
    }

    /// The wiring that a configuration file names, if it is a three-phase one.
    pub fn from_file(rotation: station::Rotation) -> Option<Self> {
        Self::ALL.into_iter().find(|w| station::Rotation::from_letters(w.name()) == Some(rotation))
    }

    /// Currents by grid phase of currents by terminal.
    pub fn to_grid(self, terminals: [u32; 3]) -> [u32; 3] {
        let mut grid = [0; 3];
        for (terminal, phase) in self.phases().into_iter().enumerate() {
            grid[phase] = terminals[terminal];
        }
        grid
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_terminal_of_str_is_on_l2() {
        assert_eq!(Wiring::STR.to_grid([16, 0, 0]), [0, 16, 0]);
        assert_eq!(Wiring::TRS.to_grid([16, 8, 4]), [8, 4, 16]);
    }

    #[test]
    fn every_wiring_is_found_again_by_its_letters() {
        for wiring in Wiring::ALL {
            let rotation = station::Rotation::from_letters(wiring.name()).unwrap();
            assert_eq!(Wiring::from_file(rotation), Some(wiring));
        }
    }
}
