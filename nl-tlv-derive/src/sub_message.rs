//! `NlSubMessage`: a value whose form another attribute selects.

use crate::attr::{Keys, Place};
use crate::case;
use crate::errors::Errors;
use crate::expand::block;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Data, DeriveInput, Expr, Fields, GenericParam, Lifetime, Lit, LitByteStr, Type};

/// The derive, from its input to its output.
pub(crate) fn derive(input: &DeriveInput) -> TokenStream {
    let mut errors = Errors::default();
    let keys = Keys::new(&input.attrs, Place::SubMessage, &mut errors);
    let library = keys.library(&mut errors);
    let model = Model::new(input, &mut errors);
    match errors.into_tokens() {
        Some(errors) => errors,
        None => block(&library, model.expand()),
    }
}

struct Model<'m> {
    input: &'m DeriveInput,
    lt: Lifetime,
    forms: Vec<Form<'m>>,
    /// The variant for all others.
    other: Option<&'m Ident>,
}

struct Form<'m> {
    variant: &'m Ident,
    ty: &'m Type,
    when: When,
}

/// What selects a form.
enum When {
    Text(LitByteStr),
    Number(Expr),
}

impl<'m> Model<'m> {
    fn new(input: &'m DeriveInput, errors: &mut Errors) -> Self {
        let lt = input.generics.lifetimes().next().map(|param| param.lifetime.clone());
        let lt = lt.unwrap_or_else(|| Lifetime::new("'a", Span::call_site()));
        let mut model = Self { input, lt, forms: Vec::new(), other: None };
        for param in &input.generics.params {
            if !matches!(param, GenericParam::Lifetime(_)) {
                errors.at(
                    param,
                    "a definition has no type and const parameters, since its schema is one constant",
                );
            }
        }
        match &input.data {
            Data::Enum(data) if !data.variants.is_empty() => {
                data.variants.iter().for_each(|variant| model.variant(variant, errors));
            }
            _ => errors.at(
                &input.ident,
                "a sub-message is an enum of its forms: write `#[nl(when = \"veth\")] Veth(Veth<'a>)`",
            ),
        }
        model
    }

    fn variant(&mut self, variant: &'m syn::Variant, errors: &mut Errors) {
        let keys = Keys::new(&variant.attrs, Place::Form, errors);
        let (other, when, name) = (keys.flag("other", errors), when(&keys, errors), &variant.ident);
        let ty = match &variant.fields {
            Fields::Unnamed(fields) if fields.unnamed.len() == 1 => {
                fields.unnamed.first().map(|field| &field.ty)
            }
            _ => None,
        };
        match (ty, when, other) {
            (None, ..) => {
                errors.at(
                    variant,
                    format!("a form is one value: write `{name}(Veth<'a>)`, or `{name}(Attr<'a>)`"),
                );
            }
            (_, Some(_), Some(span)) => {
                errors.at_span(
                    span,
                    format!("`{name}` is for all others or for one: write either `other` or `when`"),
                );
            }
            (_, None, Some(span)) if self.other.is_some() => {
                errors.at_span(span, "one `other` takes all other forms");
            }
            (_, None, Some(_)) => self.other = Some(name),
            (Some(ty), Some(when), None) => self.forms.push(Form { variant: name, ty, when }),
            (_, None, None) if keys.is_damaged || keys.span("when").is_some() => {}
            (_, None, None) => errors.at(
                name,
                format!(
                    "when is it `{name}`? write `#[nl(when = \"veth\")]`, or `#[nl(other)]` for all others"
                ),
            ),
        }
    }

    fn expand(&self) -> TokenStream {
        let Self { input, lt, forms, other } = self;
        let (own, generics, doc) = (&input.ident, input.generics.split_for_impl().1, case::doc(&input.attrs));
        let name = own.unraw().to_string();
        let numbers = forms.iter().enumerate().filter_map(|(i, form)| match &form.when {
            When::Number(expr) => {
                let number = format_ident!("__K{i}");
                let value = match expr {
                    Expr::Lit(_) => quote!(#expr),
                    _ => quote!((#expr) as ::core::primitive::i128),
                };
                Some(quote_spanned!(expr.span()=> const #number: ::core::primitive::i128 = #value;))
            }
            When::Text(_) => None,
        });
        let keys = forms.iter().enumerate().map(|(i, form)| match &form.when {
            When::Text(text) => quote!(__nl::Selector::Text(#text)),
            When::Number(_) => {
                let number = format_ident!("__K{i}");
                quote!(__nl::Selector::Number(#number))
            }
        });
        let keys: Vec<_> = keys.collect();
        let parse = forms.iter().zip(&keys).map(|(Form { variant, ty, .. }, key)| {
            quote_spanned! {ty.span()=>
                __nl::Some(#key) => <<#ty as __nl::Field>::Slot as __nl::Slot<#lt>>::one(__attr).map(Self::#variant),
            }
        });
        let parse_other = match other {
            Some(other) => quote!(__nl::Ok(Self::#other(__attr))),
            None => quote!(__nl::unknown_attr(__attr)),
        };
        let emit = forms.iter().zip(&keys).map(|(Form { variant, ty, .. }, key)| {
            quote_spanned! {ty.span()=>
                Self::#variant(__item) => {
                    __nl::check_form(__ty, __selector, #key, __w)?;
                    <#ty as __nl::Field>::emit(__item, __ty.get(), __nl::FREE, __w)
                }
            }
        });
        let emit_other =
            other.map(|other| quote!(Self::#other(__attr) => __nl::copy_as(*__attr, __ty, __w),));
        let described = forms.iter().zip(&keys).map(
            |(Form { ty, .. }, key)| quote_spanned!(ty.span()=> (#key, <#ty as __nl::Field>::SCHEMA.value)),
        );
        quote! {
            #(#numbers)*

            #[automatically_derived]
            impl #generics __nl::NlSubMessage for #own #generics {
                const SCHEMA: &'static __nl::SubMessageSchema = &__nl::SubMessageSchema {
                    name: #name,
                    doc: #doc,
                    forms: &[#(#described),*],
                    otherwise: __nl::ValueType::Bytes,
                };

                #[inline]
                fn emit_as(
                    &self,
                    __ty: __nl::AttrType,
                    __selector: __nl::Option<__nl::Selector<'_>>,
                    __w: &mut __nl::AttrWriter<'_>,
                ) -> __nl::Result<()> {
                    match self {
                        #(#emit)*
                        #emit_other
                    }
                }
            }

            #[automatically_derived]
            impl<#lt> __nl::ParseSubMessage<#lt> for #own #generics {
                #[inline]
                fn parse_as(
                    __attr: __nl::Attr<#lt>,
                    __selector: __nl::Option<__nl::Selector<'_>>,
                ) -> __nl::Result<Self> {
                    match __selector {
                        #(#parse)*
                        _ => #parse_other,
                    }
                }
            }
        }
    }
}

/// The value of `when`: a text, or a number.
fn when(keys: &Keys, errors: &mut Errors) -> Option<When> {
    keys.span("when")?;
    let expr: Expr = keys.value("when", "\"veth\"", errors)?;
    match &expr {
        Expr::Lit(lit) => match &lit.lit {
            Lit::Str(text) => Some(When::Text(LitByteStr::new(text.value().as_bytes(), text.span()))),
            Lit::Int(_) => Some(When::Number(expr)),
            other => {
                errors.at(other, "a selector is a text or a number: write `when = \"veth\"` or `when = 6`");
                None
            }
        },
        _ => Some(When::Number(expr)),
    }
}
