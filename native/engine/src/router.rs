//! Finds the route of a canonical path: depth first, static before param before tail at every level, back again where nothing
//! below has the method. The same as `src/server/matcher.ts`.

use std::collections::HashMap;
use std::fmt;

use foldhash::fast::FixedState;
use memchr::memchr;

use crate::method::Method;
use crate::route_table::{Pairs, RouteTable, TableNode};

/// Begin and end of each param of a route, in the canonical path. Made once and used for many requests.
#[derive(Clone, Debug, Default)]
pub struct Ranges {
    pairs: Vec<(u32, u32)>,
    count: usize,
}

impl Ranges {
    /// Of no route.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            pairs: Vec::new(),
            count: 0,
        }
    }

    /// Those of the route that was found last, in order.
    #[must_use]
    pub fn as_slice(&self) -> &[(u32, u32)] {
        self.pairs.get(..self.count).unwrap_or_default()
    }

    fn note(&mut self, param: usize, begin: usize, end: usize) {
        // a path is shorter than 2^32
        let [begin, end] = [begin, end].map(|at| u32::try_from(at).unwrap_or(u32::MAX));
        match self.pairs.get_mut(param) {
            Some(pair) => *pair = (begin, end),
            None => self.pairs.push((begin, end)),
        }
    }
}

/// Why a table is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TableError(&'static str);

impl fmt::Display for TableError {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        write!(formatter, "route table: {}", self.0)
    }
}

impl std::error::Error for TableError {}

/// A tree of the segments of all routes. It never changes.
#[derive(Debug)]
pub struct Router {
    nodes: Vec<Node>,
    leaves: Vec<Leaf>,
}

#[derive(Debug)]
struct Node {
    statics: Statics,
    param: Option<u32>,
    leaf: Option<u32>,
    tail: Option<u32>,
}

type Text = Box<[u8]>;

/// Segments, and the nodes they lead to.
#[derive(Debug)]
enum Statics {
    Few(Box<[(Text, u32)]>),
    Many(HashMap<Text, u32, FixedState>),
}

/// From so many in one place they are found by hash: below, comparing is quicker.
const MANY: usize = 9;

/// Methods and routes.
#[derive(Debug)]
struct Leaf {
    named: Box<[(Text, u32)]>,
    /// Of GET, which HEAD uses too.
    get: Option<u32>,
    /// Of every method that is not named.
    any: Option<u32>,
}

/// What is looked for.
struct Search<'a> {
    method: Method<'a>,
    path: &'a [u8],
}

impl Router {
    /// Of a table.
    ///
    /// # Errors
    ///
    /// A table of another version, or one that is no tree: looking up a path would have no bound.
    pub fn new(table: RouteTable) -> Result<Self, TableError> {
        check(&table)?;
        Ok(Self {
            nodes: table.nodes.into_iter().map(Node::of).collect(),
            leaves: table.leaves.into_iter().map(Leaf::of).collect(),
        })
    }

    /// The route; its params are in `ranges`.
    #[must_use]
    pub fn find(&self, method: Method, path: &[u8], ranges: &mut Ranges) -> Option<u32> {
        let search = Search { method, path };
        self.walk(&search, self.nodes.first()?, (1, 0), ranges)
    }

    fn walk(
        &self,
        search: &Search,
        node: &Node,
        (at, params): (usize, usize),
        ranges: &mut Ranges,
    ) -> Option<u32> {
        let rest = search.path.get(at..)?;
        let slash = memchr(b'/', rest);
        let len = slash.unwrap_or(rest.len());
        let next = slash.map(|_| at + len + 1);
        if let Some(child) = node.child(rest.get(..len)?)
            && let Some(route) = self.enter(search, child, (next, params), ranges)
        {
            return Some(route);
        }
        if let Some(child) = node.param
            && len > 0
        {
            ranges.note(params, at, at + len);
            let route = self.enter(search, child, (next, params + 1), ranges);
            if route.is_some() {
                return route;
            }
        }
        let tail = node.tail?;
        if rest.is_empty() {
            return None;
        }
        ranges.note(params, at, search.path.len());
        self.end(search, tail, params + 1, ranges)
    }

    fn enter(
        &self,
        search: &Search,
        node: u32,
        (next, params): (Option<usize>, usize),
        ranges: &mut Ranges,
    ) -> Option<u32> {
        let node = self.nodes.get(node as usize)?;
        match next {
            Some(at) => self.walk(search, node, (at, params), ranges),
            None => self.end(search, node.leaf?, params, ranges),
        }
    }

    fn end(&self, search: &Search, leaf: u32, params: usize, ranges: &mut Ranges) -> Option<u32> {
        let route = self.leaves.get(leaf as usize)?.route(search.method)?;
        ranges.count = params;
        Some(route)
    }
}

impl Node {
    fn of(TableNode(Pairs(statics), param, leaf, tail): TableNode) -> Self {
        let statics = statics
            .into_iter()
            .map(|(text, node)| (text_of(text), node));
        let [param, leaf, tail] = [param, leaf, tail].map(index_of);
        Self {
            statics: if statics.len() < MANY {
                Statics::Few(statics.collect())
            } else {
                Statics::Many(statics.collect())
            },
            param,
            leaf,
            tail,
        }
    }

    fn child(&self, segment: &[u8]) -> Option<u32> {
        match &self.statics {
            Statics::Few(few) => {
                let found = few.iter().find(|(text, _)| **text == *segment);
                found.map(|&(_, node)| node)
            }
            Statics::Many(many) => many.get(segment).copied(),
        }
    }
}

impl Leaf {
    fn of(Pairs(pairs): Pairs<u32>) -> Self {
        let of = |name: &str| pairs.iter().find(|(own, _)| own == name).map(|pair| pair.1);
        let (get, any) = (of("GET"), of("*"));
        let named = pairs
            .into_iter()
            .map(|(name, route)| (text_of(name), route));
        Self {
            named: named.collect(),
            get,
            any,
        }
    }

    /// The method's own route, for HEAD that of GET, else that of every method.
    fn route(&self, method: Method) -> Option<u32> {
        let own = || {
            let found = self.named.iter().find(|(name, _)| **name == *method.name());
            found.map(|&(_, route)| route)
        };
        match method {
            Method::Get => self.get.or(self.any),
            Method::Head => own().or(self.get).or(self.any),
            _ => own().or(self.any),
        }
    }
}

fn text_of(text: String) -> Text {
    text.into_bytes().into_boxed_slice()
}

fn index_of(index: i32) -> Option<u32> {
    u32::try_from(index).ok()
}

/// Every node but the first has one way to it, from a node before it.
fn check(table: &RouteTable) -> Result<(), TableError> {
    if table.version != 1 {
        return Err(TableError("another version"));
    }
    let mut is_reached = vec![false; table.nodes.len()];
    *is_reached.first_mut().ok_or(TableError("no nodes"))? = true;
    for (own, TableNode(statics, param, leaf, tail)) in table.nodes.iter().enumerate() {
        let children = statics.0.iter().map(|&(_, node)| node);
        for child in children.chain(index_of(*param)) {
            match is_reached.get_mut(child as usize) {
                Some(is_reached) if !*is_reached && child as usize > own => *is_reached = true,
                _ => return Err(TableError("a node that is not behind one other")),
            }
        }
        for leaf in [*leaf, *tail].into_iter().filter_map(index_of) {
            if leaf as usize >= table.leaves.len() {
                return Err(TableError("a leaf that is not there"));
            }
        }
    }
    let routes = table.leaves.iter().flat_map(|leaf| &leaf.0);
    if routes
        .into_iter()
        .any(|&(_, route)| route as usize >= table.names.len())
    {
        return Err(TableError("a route that is not there"));
    }
    Ok(())
}
