//! The one who knows everything: told what every car can take, obeyed at once, sharing anew in every step.

use evkit_dlm::allocate::{Demand, HeapMemory, Node, PoolSet, Problem, Share, allocate};
use evkit_dlm::units::{Milliamps, PhaseCurrents, three};

use super::cars::{Car, Session};
use super::site::{Site, rotation};
use super::{follow, power};

pub(super) struct Rival {
    cars: Vec<Option<Car>>,
    /// Sessions that have begun.
    begun: usize,
    nodes: Vec<Node>,
    memory: HeapMemory,
    decisions: u32,
    proven: u32,
}

impl Rival {
    pub(super) fn new(site: &Site, sessions: &[Session]) -> Self {
        let node = |(at, &parent): (usize, &Option<u16>)| Node {
            parent,
            ..Node::root(three(Milliamps(site.limit(at))))
        };
        let nodes: Vec<Node> = site.parents().iter().enumerate().map(node).collect();
        let memory = HeapMemory::new(nodes.len(), sessions.len().min(site.len()));
        Self { cars: vec![None; site.len()], begun: 0, nodes, memory, decisions: 0, proven: 0 }
    }

    /// Delivers for one step and says with how much power, in kW.
    pub(super) fn step(
        &mut self,
        site: &Site,
        sessions: &[Session],
        second: u32,
        building: PhaseCurrents,
    ) -> f64 {
        while let Some(session) = sessions.get(self.begun).filter(|session| session.from <= second) {
            self.cars[session.evse] = Some(Car::new(session));
            self.begun += 1;
        }
        self.nodes[0].base = building;
        let shares = self.share(site);
        let drawn = follow(&mut self.cars, second, |evse| shares[evse]);
        power(&self.cars, &drawn)
    }

    fn share(&mut self, site: &Site) -> Vec<u32> {
        let wanting = |(_, car): &(usize, &Option<Car>)| car.as_ref().is_some_and(Car::wants);
        let takers: Vec<usize> = self.cars.iter().enumerate().filter(wanting).map(|(evse, _)| evse).collect();
        let demands: Vec<Demand> = takers.iter().filter_map(|&evse| self.demand(site, evse)).collect();
        let problem = Problem { nodes: &self.nodes, demands: &demands, pools: &[] };
        let mut shares = vec![Share::NONE; demands.len()];
        let outcome = allocate(&problem, self.memory.scratch(), &mut shares);
        self.decisions += 1;
        self.proven += u32::from(outcome.is_ok_and(|outcome| outcome.most_served && outcome.fairest));
        let mut offers = vec![0; self.cars.len()];
        for (evse, share) in takers.into_iter().zip(shares) {
            offers[evse] = share.current.0;
        }
        offers
    }

    fn demand(&self, site: &Site, evse: usize) -> Option<Demand> {
        let car = self.cars[evse].as_ref()?;
        Some(Demand {
            node: site.node_of(evse),
            phases: rotation(evse).phases(car.terminals()),
            conductors: car.terminals().len() as u8,
            min: Milliamps(6_000),
            max: Milliamps(car.appetite()),
            priority: 0,
            tier: 0,
            weight: 1,
            pools: PoolSet::NONE,
        })
    }

    /// Share of the decisions that are proven to be the best.
    pub(super) fn proven(&self) -> f64 {
        f64::from(self.proven) / f64::from(self.decisions.max(1))
    }
}
