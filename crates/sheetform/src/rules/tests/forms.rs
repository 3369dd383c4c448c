//! The rules of the shipped forms.
