//! Compiled routes as JavaScript writes them (`src/server/route-table.ts`).

use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::{Deserializer, Error, SeqAccess, Visitor};

/// The whole table. Node 0 is where the first segment of a path is looked up.
#[derive(Debug, Deserialize)]
pub struct RouteTable {
    /// 1
    pub version: u32,
    /// The nodes, each behind the one that leads to it.
    pub nodes: Vec<TableNode>,
    /// The leaves.
    pub leaves: Vec<Pairs<u32>>,
    /// Of each route, the names of its params in order.
    pub names: Vec<Vec<String>>,
}

/// Static segments and the nodes they lead to; the node that any segment leads to which is not empty; the leaf of a path that
/// ends here; the leaf of a path of which one character or more remain. -1: none.
#[derive(Debug, Deserialize)]
pub struct TableNode(pub Pairs<u32>, pub i32, pub i32, pub i32);

/// Texts and numbers by turns: segments and nodes, or methods and routes, where `*` stands for every method that is not named.
#[derive(Debug)]
pub struct Pairs<N>(pub Vec<(String, N)>);

impl<'de, N: Deserialize<'de>> Deserialize<'de> for Pairs<N> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(PairsVisitor(PhantomData))
    }
}

struct PairsVisitor<N>(PhantomData<N>);

impl<'de, N: Deserialize<'de>> Visitor<'de> for PairsVisitor<N> {
    type Value = Pairs<N>;

    fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str("texts and numbers by turns")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Pairs<N>, A::Error> {
        let mut pairs = Vec::new();
        while let Some(text) = items.next_element::<String>()? {
            let number = items.next_element::<N>()?;
            pairs.push((
                text,
                number.ok_or_else(|| A::Error::custom("a text without a number"))?,
            ));
        }
        Ok(Pairs(pairs))
    }
}
