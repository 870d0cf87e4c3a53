//! What a register means, in one vocabulary for all devices.
//!
//! A quantity has exactly one unit, so a value can be used without knowing which device it came from: maps
//! scale their registers to it. Directions are those of a consumer: *import* flows from the grid to the load,
//! *export* back, and signed powers are positive for import.

use core::fmt;

use crate::unit::Unit;

macro_rules! quantities {
    ($($variant:ident, $name:literal, $unit:ident, $doc:literal;)*) => {
        /// Meaning of a register or of a value computed from registers.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u16)]
        #[non_exhaustive]
        pub enum Quantity {
            $(#[doc = concat!($doc, ".")] $variant,)*
        }

        impl Quantity {
            /// Every quantity, in the order of declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// Name in snake case, such as `voltage_l1n`, for configuration files and logs.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// The unit every map delivers this quantity in.
            pub const fn unit(self) -> Unit {
                match self { $(Self::$variant => Unit::$unit,)* }
            }
        }
    };
}

impl Quantity {
    /// The quantity called `name`, the inverse of [`Quantity::name`].
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|quantity| quantity.name() == name)
    }

    /// Equality for constant evaluation, where `==` is not available.
    pub(crate) const fn is(self, other: Self) -> bool {
        self as u16 == other as u16
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A set of quantities, one bit for each: whether one is wanted is asked for every row of a map, again and again.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wanted([u32; Self::WORDS]);

impl Wanted {
    const WORDS: usize = Quantity::ALL.len().div_ceil(32);

    pub(crate) fn new(quantities: &[Quantity]) -> Self {
        let mut set = Self([0; Self::WORDS]);
        for quantity in quantities {
            let number = *quantity as usize;
            if let Some(bits) = set.0.get_mut(number / 32) {
                *bits |= 1 << (number % 32);
            }
        }
        set
    }

    pub(crate) fn has(&self, quantity: Quantity) -> bool {
        let number = quantity as usize;
        self.0.get(number / 32).is_some_and(|bits| bits >> (number % 32) & 1 == 1)
    }
}

quantities! {
    // Voltages, currents, frequency.
    CurrentL1, "current_l1", Ampere, "Current L1";
    CurrentL2, "current_l2", Ampere, "Current L2";
    CurrentL3, "current_l3", Ampere, "Current L3";
    CurrentAvg, "current_avg", Ampere, "Average of the phase currents";
    CurrentDc, "current_dc", Ampere, "Current on the direct current side";
    CurrentN, "current_n", Ampere, "Current in the neutral conductor";
    CurrentSum, "current_sum", Ampere, "Sum of the phase currents";
    CurrentSystem, "current_system", Ampere, "Equivalent three-phase current";
    Frequency, "frequency", Hertz, "Mains frequency";
    VoltageDc, "voltage_dc", Volt, "Voltage on the direct current side";
    VoltageL12, "voltage_l12", Volt, "Voltage L1 to L2";
    VoltageL1N, "voltage_l1n", Volt, "Voltage L1 to neutral";
    VoltageL23, "voltage_l23", Volt, "Voltage L2 to L3";
    VoltageL2N, "voltage_l2n", Volt, "Voltage L2 to neutral";
    VoltageL31, "voltage_l31", Volt, "Voltage L3 to L1";
    VoltageL3N, "voltage_l3n", Volt, "Voltage L3 to neutral";
    VoltageLlAvg, "voltage_ll_avg", Volt, "Voltage between phases, average";
    VoltageLnAvg, "voltage_ln_avg", Volt, "Voltage phase to neutral, average";
    VoltageSystem, "voltage_system", Volt, "Equivalent three-phase voltage";
    // Powers.
    PowerActiveL1, "power_active_l1", Watt, "Active power, L1; import positive";
    PowerActiveL2, "power_active_l2", Watt, "Active power, L2; import positive";
    PowerActiveL3, "power_active_l3", Watt, "Active power, L3; import positive";
    PowerActiveTotal, "power_active_total", Watt, "Active power, all phases; import positive";
    PowerActiveDc, "power_active_dc", Watt, "Power on the direct current side";
    PowerActiveDemandTotal, "power_active_demand_total", Watt, "Active power demand, all phases; import positive";
    PowerActiveDemandMaxTotal, "power_active_demand_max_total", Watt, "Active power demand, highest, all phases; import positive";
    PowerActiveExportL1, "power_active_export_l1", Watt, "Active power from load to grid, L1";
    PowerActiveExportL2, "power_active_export_l2", Watt, "Active power from load to grid, L2";
    PowerActiveExportL3, "power_active_export_l3", Watt, "Active power from load to grid, L3";
    PowerActiveExportTotal, "power_active_export_total", Watt, "Active power from load to grid, all phases";
    PowerActiveExportDemandTotal, "power_active_export_demand_total", Watt, "Active power demand from load to grid, all phases";
    PowerActiveExportDemandMaxTotal, "power_active_export_demand_max_total", Watt, "Active power demand from load to grid, highest, all phases";
    PowerActiveImportL1, "power_active_import_l1", Watt, "Active power from grid to load, L1";
    PowerActiveImportL2, "power_active_import_l2", Watt, "Active power from grid to load, L2";
    PowerActiveImportL3, "power_active_import_l3", Watt, "Active power from grid to load, L3";
    PowerActiveImportTotal, "power_active_import_total", Watt, "Active power from grid to load, all phases";
    PowerActiveImportDemandTotal, "power_active_import_demand_total", Watt, "Active power demand from grid to load, all phases";
    PowerActiveImportDemandMaxTotal, "power_active_import_demand_max_total", Watt, "Active power demand from grid to load, highest, all phases";
    PowerApparentL1, "power_apparent_l1", VoltAmpere, "Apparent power, L1";
    PowerApparentL2, "power_apparent_l2", VoltAmpere, "Apparent power, L2";
    PowerApparentL3, "power_apparent_l3", VoltAmpere, "Apparent power, L3";
    PowerApparentTotal, "power_apparent_total", VoltAmpere, "Apparent power, all phases";
    PowerApparentExportL1, "power_apparent_export_l1", VoltAmpere, "Apparent power from load to grid, L1";
    PowerApparentExportL2, "power_apparent_export_l2", VoltAmpere, "Apparent power from load to grid, L2";
    PowerApparentExportL3, "power_apparent_export_l3", VoltAmpere, "Apparent power from load to grid, L3";
    PowerApparentExportTotal, "power_apparent_export_total", VoltAmpere, "Apparent power from load to grid, all phases";
    PowerApparentImportL1, "power_apparent_import_l1", VoltAmpere, "Apparent power from grid to load, L1";
    PowerApparentImportL2, "power_apparent_import_l2", VoltAmpere, "Apparent power from grid to load, L2";
    PowerApparentImportL3, "power_apparent_import_l3", VoltAmpere, "Apparent power from grid to load, L3";
    PowerApparentImportTotal, "power_apparent_import_total", VoltAmpere, "Apparent power from grid to load, all phases";
    PowerReactiveL1, "power_reactive_l1", Var, "Reactive power, L1";
    PowerReactiveL2, "power_reactive_l2", Var, "Reactive power, L2";
    PowerReactiveL3, "power_reactive_l3", Var, "Reactive power, L3";
    PowerReactiveTotal, "power_reactive_total", Var, "Reactive power, all phases";
    PowerReactiveExportL1, "power_reactive_export_l1", Var, "Reactive power from load to grid, L1";
    PowerReactiveExportL2, "power_reactive_export_l2", Var, "Reactive power from load to grid, L2";
    PowerReactiveExportL3, "power_reactive_export_l3", Var, "Reactive power from load to grid, L3";
    PowerReactiveExportTotal, "power_reactive_export_total", Var, "Reactive power from load to grid, all phases";
    PowerReactiveImportL1, "power_reactive_import_l1", Var, "Reactive power from grid to load, L1";
    PowerReactiveImportL2, "power_reactive_import_l2", Var, "Reactive power from grid to load, L2";
    PowerReactiveImportL3, "power_reactive_import_l3", Var, "Reactive power from grid to load, L3";
    PowerReactiveImportTotal, "power_reactive_import_total", Var, "Reactive power from grid to load, all phases";
    // Power factors, angles, distortion.
    CosPhiL1, "cos_phi_l1", One, "Cosine of the fundamental phase angle, L1";
    CosPhiL2, "cos_phi_l2", One, "Cosine of the fundamental phase angle, L2";
    CosPhiL3, "cos_phi_l3", One, "Cosine of the fundamental phase angle, L3";
    CosPhiTotal, "cos_phi_total", One, "Cosine of the fundamental phase angle, all phases";
    PhaseAngleL1, "phase_angle_l1", Degree, "Phase angle between voltage and current, L1";
    PhaseAngleL2, "phase_angle_l2", Degree, "Phase angle between voltage and current, L2";
    PhaseAngleL3, "phase_angle_l3", Degree, "Phase angle between voltage and current, L3";
    PhaseAngleTotal, "phase_angle_total", Degree, "Phase angle between voltage and current, all phases";
    PhaseRotation, "phase_rotation", One, "Phase sequence";
    PowerFactorL1, "power_factor_l1", One, "Power factor, L1";
    PowerFactorL2, "power_factor_l2", One, "Power factor, L2";
    PowerFactorL3, "power_factor_l3", One, "Power factor, L3";
    PowerFactorTotal, "power_factor_total", One, "Power factor, all phases";
    ThdCurrentL1, "thd_current_l1", Percent, "Harmonic distortion of the current, L1";
    ThdCurrentL2, "thd_current_l2", Percent, "Harmonic distortion of the current, L2";
    ThdCurrentL3, "thd_current_l3", Percent, "Harmonic distortion of the current, L3";
    ThdCurrentAvg, "thd_current_avg", Percent, "Harmonic distortion of the current, average";
    ThdVoltageL1, "thd_voltage_l1", Percent, "Harmonic distortion of the voltage, L1";
    ThdVoltageL2, "thd_voltage_l2", Percent, "Harmonic distortion of the voltage, L2";
    ThdVoltageL3, "thd_voltage_l3", Percent, "Harmonic distortion of the voltage, L3";
    ThdVoltageAvg, "thd_voltage_avg", Percent, "Harmonic distortion of the voltage, average";
    // Energies.
    EnergyActiveExportL1, "energy_active_export_l1", WattHour, "Active energy from load to grid, L1";
    EnergyActiveExportL2, "energy_active_export_l2", WattHour, "Active energy from load to grid, L2";
    EnergyActiveExportL3, "energy_active_export_l3", WattHour, "Active energy from load to grid, L3";
    EnergyActiveExportTotal, "energy_active_export_total", WattHour, "Active energy from load to grid, all phases";
    EnergyActiveExportT1, "energy_active_export_t1", WattHour, "Active energy from load to grid, tariff 1";
    EnergyActiveExportT2, "energy_active_export_t2", WattHour, "Active energy from load to grid, tariff 2";
    EnergyActiveExportT3, "energy_active_export_t3", WattHour, "Active energy from load to grid, tariff 3";
    EnergyActiveExportT4, "energy_active_export_t4", WattHour, "Active energy from load to grid, tariff 4";
    EnergyActiveExportCounter2, "energy_active_export_counter2", WattHour, "Active energy from load to grid, counter 2";
    EnergyActiveExportResettable, "energy_active_export_resettable", WattHour, "Active energy from load to grid, resettable counter";
    EnergyActiveImportL1, "energy_active_import_l1", WattHour, "Active energy from grid to load, L1";
    EnergyActiveImportL2, "energy_active_import_l2", WattHour, "Active energy from grid to load, L2";
    EnergyActiveImportL3, "energy_active_import_l3", WattHour, "Active energy from grid to load, L3";
    EnergyActiveImportTotal, "energy_active_import_total", WattHour, "Active energy from grid to load, all phases";
    EnergyActiveImportT1, "energy_active_import_t1", WattHour, "Active energy from grid to load, tariff 1";
    EnergyActiveImportT2, "energy_active_import_t2", WattHour, "Active energy from grid to load, tariff 2";
    EnergyActiveImportT3, "energy_active_import_t3", WattHour, "Active energy from grid to load, tariff 3";
    EnergyActiveImportT4, "energy_active_import_t4", WattHour, "Active energy from grid to load, tariff 4";
    EnergyActiveImportCounter1, "energy_active_import_counter1", WattHour, "Active energy from grid to load, counter 1";
    EnergyActiveImportPartial, "energy_active_import_partial", WattHour, "Active energy from grid to load, partial counter";
    EnergyActiveImportResettable, "energy_active_import_resettable", WattHour, "Active energy from grid to load, resettable counter";
    EnergyActiveNetL1, "energy_active_net_l1", WattHour, "Active energy, import minus export, L1";
    EnergyActiveNetL2, "energy_active_net_l2", WattHour, "Active energy, import minus export, L2";
    EnergyActiveNetL3, "energy_active_net_l3", WattHour, "Active energy, import minus export, L3";
    EnergyActiveNetTotal, "energy_active_net_total", WattHour, "Active energy, import minus export, all phases";
    EnergyActiveSumL1, "energy_active_sum_l1", WattHour, "Active energy, import plus export, L1";
    EnergyActiveSumL2, "energy_active_sum_l2", WattHour, "Active energy, import plus export, L2";
    EnergyActiveSumL3, "energy_active_sum_l3", WattHour, "Active energy, import plus export, L3";
    EnergyActiveSumTotal, "energy_active_sum_total", WattHour, "Active energy, import plus export, all phases";
    EnergyActiveSumT1, "energy_active_sum_t1", WattHour, "Active energy, import plus export, tariff 1";
    EnergyActiveSumT2, "energy_active_sum_t2", WattHour, "Active energy, import plus export, tariff 2";
    EnergyActiveSumT3, "energy_active_sum_t3", WattHour, "Active energy, import plus export, tariff 3";
    EnergyActiveSumT4, "energy_active_sum_t4", WattHour, "Active energy, import plus export, tariff 4";
    EnergyActiveSumResettable, "energy_active_sum_resettable", WattHour, "Active energy, import plus export, resettable counter";
    EnergyApparentL1, "energy_apparent_l1", VoltAmpereHour, "Apparent energy, L1";
    EnergyApparentL2, "energy_apparent_l2", VoltAmpereHour, "Apparent energy, L2";
    EnergyApparentL3, "energy_apparent_l3", VoltAmpereHour, "Apparent energy, L3";
    EnergyApparentTotal, "energy_apparent_total", VoltAmpereHour, "Apparent energy, all phases";
    EnergyApparentT1, "energy_apparent_t1", VoltAmpereHour, "Apparent energy, tariff 1";
    EnergyApparentT2, "energy_apparent_t2", VoltAmpereHour, "Apparent energy, tariff 2";
    EnergyApparentExportL1, "energy_apparent_export_l1", VoltAmpereHour, "Apparent energy from load to grid, L1";
    EnergyApparentExportL2, "energy_apparent_export_l2", VoltAmpereHour, "Apparent energy from load to grid, L2";
    EnergyApparentExportL3, "energy_apparent_export_l3", VoltAmpereHour, "Apparent energy from load to grid, L3";
    EnergyApparentExportTotal, "energy_apparent_export_total", VoltAmpereHour, "Apparent energy from load to grid, all phases";
    EnergyApparentImportL1, "energy_apparent_import_l1", VoltAmpereHour, "Apparent energy from grid to load, L1";
    EnergyApparentImportL2, "energy_apparent_import_l2", VoltAmpereHour, "Apparent energy from grid to load, L2";
    EnergyApparentImportL3, "energy_apparent_import_l3", VoltAmpereHour, "Apparent energy from grid to load, L3";
    EnergyApparentImportTotal, "energy_apparent_import_total", VoltAmpereHour, "Apparent energy from grid to load, all phases";
    EnergyApparentNetTotal, "energy_apparent_net_total", VoltAmpereHour, "Apparent energy, import minus export, all phases";
    EnergyApparentSumTotal, "energy_apparent_sum_total", VoltAmpereHour, "Apparent energy, import plus export, all phases";
    EnergyReactiveCapacitiveL1, "energy_reactive_capacitive_l1", VarHour, "Reactive energy, capacitive, L1";
    EnergyReactiveCapacitiveL2, "energy_reactive_capacitive_l2", VarHour, "Reactive energy, capacitive, L2";
    EnergyReactiveCapacitiveL3, "energy_reactive_capacitive_l3", VarHour, "Reactive energy, capacitive, L3";
    EnergyReactiveCapacitiveTotal, "energy_reactive_capacitive_total", VarHour, "Reactive energy, capacitive, all phases";
    EnergyReactiveExportL1, "energy_reactive_export_l1", VarHour, "Reactive energy from load to grid, L1";
    EnergyReactiveExportL2, "energy_reactive_export_l2", VarHour, "Reactive energy from load to grid, L2";
    EnergyReactiveExportL3, "energy_reactive_export_l3", VarHour, "Reactive energy from load to grid, L3";
    EnergyReactiveExportTotal, "energy_reactive_export_total", VarHour, "Reactive energy from load to grid, all phases";
    EnergyReactiveExportT1, "energy_reactive_export_t1", VarHour, "Reactive energy from load to grid, tariff 1";
    EnergyReactiveExportT2, "energy_reactive_export_t2", VarHour, "Reactive energy from load to grid, tariff 2";
    EnergyReactiveExportT3, "energy_reactive_export_t3", VarHour, "Reactive energy from load to grid, tariff 3";
    EnergyReactiveExportT4, "energy_reactive_export_t4", VarHour, "Reactive energy from load to grid, tariff 4";
    EnergyReactiveImportL1, "energy_reactive_import_l1", VarHour, "Reactive energy from grid to load, L1";
    EnergyReactiveImportL2, "energy_reactive_import_l2", VarHour, "Reactive energy from grid to load, L2";
    EnergyReactiveImportL3, "energy_reactive_import_l3", VarHour, "Reactive energy from grid to load, L3";
    EnergyReactiveImportTotal, "energy_reactive_import_total", VarHour, "Reactive energy from grid to load, all phases";
    EnergyReactiveImportT1, "energy_reactive_import_t1", VarHour, "Reactive energy from grid to load, tariff 1";
    EnergyReactiveImportT2, "energy_reactive_import_t2", VarHour, "Reactive energy from grid to load, tariff 2";
    EnergyReactiveImportT3, "energy_reactive_import_t3", VarHour, "Reactive energy from grid to load, tariff 3";
    EnergyReactiveImportT4, "energy_reactive_import_t4", VarHour, "Reactive energy from grid to load, tariff 4";
    EnergyReactiveInductiveL1, "energy_reactive_inductive_l1", VarHour, "Reactive energy, inductive, L1";
    EnergyReactiveInductiveL2, "energy_reactive_inductive_l2", VarHour, "Reactive energy, inductive, L2";
    EnergyReactiveInductiveL3, "energy_reactive_inductive_l3", VarHour, "Reactive energy, inductive, L3";
    EnergyReactiveInductiveTotal, "energy_reactive_inductive_total", VarHour, "Reactive energy, inductive, all phases";
    EnergyReactiveNetL1, "energy_reactive_net_l1", VarHour, "Reactive energy, import minus export, L1";
    EnergyReactiveNetL2, "energy_reactive_net_l2", VarHour, "Reactive energy, import minus export, L2";
    EnergyReactiveNetL3, "energy_reactive_net_l3", VarHour, "Reactive energy, import minus export, L3";
    EnergyReactiveNetTotal, "energy_reactive_net_total", VarHour, "Reactive energy, import minus export, all phases";
    EnergyReactiveSumL1, "energy_reactive_sum_l1", VarHour, "Reactive energy, import plus export, L1";
    EnergyReactiveSumL2, "energy_reactive_sum_l2", VarHour, "Reactive energy, import plus export, L2";
    EnergyReactiveSumL3, "energy_reactive_sum_l3", VarHour, "Reactive energy, import plus export, L3";
    EnergyReactiveSumTotal, "energy_reactive_sum_total", VarHour, "Reactive energy, import plus export, all phases";
    EnergyReactiveSumT1, "energy_reactive_sum_t1", VarHour, "Reactive energy, import plus export, tariff 1";
    EnergyReactiveSumT2, "energy_reactive_sum_t2", VarHour, "Reactive energy, import plus export, tariff 2";
    EnergyReactiveSumT3, "energy_reactive_sum_t3", VarHour, "Reactive energy, import plus export, tariff 3";
    EnergyReactiveSumT4, "energy_reactive_sum_t4", VarHour, "Reactive energy, import plus export, tariff 4";
    // Scale registers.
    CtRatio, "ct_ratio", One, "Current transformer ratio";
    CtRatioPrimary, "ct_ratio_primary", One, "Current transformer ratio, primary";
    CtRatioSecondary, "ct_ratio_secondary", One, "Current transformer ratio, secondary";
    EnergyFactor, "energy_factor", One, "Multiplier of the energy counters (primary/secondary)";
    EnergyFactorTariff, "energy_factor_tariff", One, "Multiplier of the tariff energy counters";
    ScaleCurrent, "scale_current", One, "Decimal exponent of current";
    ScaleCurrentDc, "scale_current_dc", One, "Decimal exponent of current dc";
    ScaleEnergyActive, "scale_energy_active", One, "Decimal exponent of energy active";
    ScaleEnergyApparent, "scale_energy_apparent", One, "Decimal exponent of energy apparent";
    ScaleEnergyExport, "scale_energy_export", One, "Decimal exponent of energy export";
    ScaleEnergyImport, "scale_energy_import", One, "Decimal exponent of energy import";
    ScaleEnergyReactive, "scale_energy_reactive", One, "Decimal exponent of energy reactive";
    ScaleFrequency, "scale_frequency", One, "Decimal exponent of frequency";
    ScalePowerActive, "scale_power_active", One, "Decimal exponent of power active";
    ScalePowerApparent, "scale_power_apparent", One, "Decimal exponent of power apparent";
    ScalePowerDc, "scale_power_dc", One, "Decimal exponent of power dc";
    ScalePowerFactor, "scale_power_factor", One, "Decimal exponent of power factor";
    ScalePowerReactive, "scale_power_reactive", One, "Decimal exponent of power reactive";
    ScaleTemperature, "scale_temperature", One, "Decimal exponent of temperature";
    ScaleVoltage, "scale_voltage", One, "Decimal exponent of voltage";
    ScaleVoltageDc, "scale_voltage_dc", One, "Decimal exponent of voltage dc";
    VtRatio, "vt_ratio", One, "Voltage transformer ratio";
    // Commands.
    SetCommand, "set_command", One, "Command code";
    SetCurrentAvailableMax, "set_current_available_max", Ampere, "Command: available current";
    SetCurrentLimit, "set_current_limit", Ampere, "Command: current limit";
    SetFastCharging, "set_fast_charging", One, "Command: fast charging";
    SetHemsCurrentLimit, "set_hems_current_limit", Ampere, "Command: current limit of the energy manager";
    SetHemsPowerLimit, "set_hems_power_limit", Watt, "Command: power limit of the energy manager";
    SetLifeBit, "set_life_bit", One, "Command: life bit of the energy manager";
    SetUserId, "set_user_id", One, "Command: authorize this user";
    SetEnable, "set_enable", One, "Command: enable or disable charging";
    SetEnergyLimit, "set_energy_limit", WattHour, "Command: energy limit of the session";
    SetFailsafeCurrent, "set_failsafe_current", Ampere, "Command: failsafe current";
    SetFailsafeTimeout, "set_failsafe_timeout", Second, "Command: failsafe timeout";
    SetPersistFailsafe, "set_persist_failsafe", One, "Command: store the failsafe values";
    SetPhaseSwitch, "set_phase_switch", One, "Command: switch phases";
    SetPhaseSwitchSource, "set_phase_switch_source", One, "Command: who may switch phases";
    SetUnlockPlug, "set_unlock_plug", One, "Command: unlock the plug";
    // Charging.
    CableState, "cable_state", One, "Cable and plug state";
    ChargingState, "charging_state", One, "Charging state";
    Availability, "availability", One, "Operative or not";
    FastCharging, "fast_charging", One, "Fast charging is active";
    DegradedMode, "degraded_mode", One, "Running without its energy manager";
    PlugLock, "plug_lock", One, "State of the plug lock";
    CurrentSignalled, "current_signalled", Ampere, "Current signalled to the vehicle";
    CurrentMin, "current_min", Ampere, "Lowest current the charger can signal";
    CurrentLimitCluster, "current_limit_cluster", Ampere, "Current limit of the cluster";
    CurrentLimitOperator, "current_limit_operator", Ampere, "Current limit set by the operator";
    EvCurrentMax, "ev_current_max", Ampere, "Highest current the vehicle takes";
    EvEnergyRequired, "ev_energy_required", WattHour, "Energy the vehicle asks for";
    ChargingTime, "charging_time", Second, "Charging time of the session";
    CommandStatus, "command_status", One, "State of the last command";
    CurrentAvailableMax, "current_available_max", Ampere, "Highest current the charger may offer";
    CurrentLimit, "current_limit", Ampere, "Current limit in force";
    CurrentLimitHardware, "current_limit_hardware", Ampere, "Current limit set by the installation";
    EnergySession, "energy_session", WattHour, "Energy of the charging session";
    ErrorCode, "error_code", One, "Error code";
    EvPresence, "ev_presence", One, "Vehicle present";
    EvSoc, "ev_soc", One, "State of charge of the vehicle";
    EvccId, "evcc_id", One, "Identifier of the vehicle controller";
    FailsafeCurrent, "failsafe_current", Ampere, "Current without energy manager";
    FailsafeTimeout, "failsafe_timeout", Second, "Time until the failsafe current holds";
    HemsCurrentLimit, "hems_current_limit", Ampere, "Current limit of the energy manager";
    HemsPowerLimit, "hems_power_limit", Watt, "Power limit of the energy manager";
    LastStopCause, "last_stop_cause", One, "Why the last session ended";
    LifeBit, "life_bit", One, "Life bit";
    OcppStatus, "ocpp_status", One, "Status as in OCPP";
    PhaseSwitchSource, "phase_switch_source", One, "Who may switch phases";
    PhaseSwitchState, "phase_switch_state", One, "Phases in use";
    RelayState, "relay_state", One, "State of the relays";
    RfidTag, "rfid_tag", One, "RFID card, first four bytes";
    SessionTime, "session_time", Second, "Duration of the session";
    SmartEvDetected, "smart_ev_detected", One, "Vehicle with digital communication";
    UserId, "user_id", One, "Identifier of the user";
    // Identity and status.
    ActiveTariff, "active_tariff", One, "Tariff that counts now";
    ApplicationMode, "application_mode", One, "Measuring application";
    DeviceName, "device_name", One, "Name given to the device";
    DeviceTag, "device_tag", One, "Tag given to the device";
    FirmwareVersion, "firmware_version", One, "Firmware version";
    HardwareVersion, "hardware_version", One, "Hardware version";
    HardwareVersion2, "hardware_version_2", One, "Hardware version of the second board";
    ManufacturerId, "manufacturer_id", One, "Code of the manufacturer";
    MapVersion, "map_version", One, "Version of the register map";
    MaxRegistersPerRead, "max_registers_per_read", One, "Most registers per read, as the meter says";
    MeterCode, "meter_code", One, "Code of the meter";
    MeterName, "meter_name", One, "Name given to the meter";
    ModbusUnitId, "modbus_unit_id", One, "Modbus unit identifier";
    ModelId, "model_id", One, "Code of the model";
    ModuleSlot1Info, "module_slot_1_info", One, "Module in slot 1";
    NumberOfPhases, "number_of_phases", One, "Number of phases";
    OperatingTime, "operating_time", Second, "Operating time";
    Options, "options", One, "Options";
    PhaseConfig, "phase_config", One, "Wiring of the phases";
    PresenceMarker, "presence_marker", One, "Marker by which a master finds the meter";
    ProductCode, "product_code", One, "Order code as digits";
    ProductFamily, "product_family", One, "Code of the product family";
    ProductId, "product_id", One, "Code of the product";
    ProductName, "product_name", One, "Name of the product";
    ProductTypeId, "product_type_id", One, "Code of the product type";
    ProductVersion, "product_version", One, "Version of the product";
    ProtocolVersion, "protocol_version", One, "Version of the protocol";
    SerialNumber, "serial_number", One, "Serial number";
    Status, "status", One, "Status word";
    SunspecMarker, "sunspec_marker", One, "SunSpec marker `SunS`";
    SunspecModelId, "sunspec_model_id", One, "SunSpec model identifier";
    SunspecModelLength, "sunspec_model_length", One, "SunSpec model length in registers";
    TemperatureCabinet, "temperature_cabinet", Celsius, "Temperature inside the cabinet";
    TypeId, "type_id", One, "Code of the type";
    VendorName, "vendor_name", One, "Name of the vendor";
    VendorSignature, "vendor_signature", One, "Fixed text that proves the vendor";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_found_again() {
        for (index, &quantity) in Quantity::ALL.iter().enumerate() {
            assert_eq!(Quantity::from_name(quantity.name()), Some(quantity));
            assert_eq!(quantity as usize, index);
        }
        assert_eq!(Quantity::from_name("voltage"), None);
    }

    #[test]
    fn energies_are_in_watt_hours() {
        assert_eq!(Quantity::EnergyActiveImportTotal.unit().symbol(), "Wh");
        assert_eq!(Quantity::VoltageL1N.name(), "voltage_l1n");
    }
}
