//! The native front of Strata without Node: it takes connections, reads HTTP/1, routes, answers what is stored, and hands
//! everything that needs judgement to JavaScript.
