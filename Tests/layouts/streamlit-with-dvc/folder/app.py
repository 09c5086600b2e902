import joblib
import pandas as pd
import streamlit as st

language = st.selectbox("Language", ["de", "fr"])
st.dataframe(pd.read_parquet(f"data/scored/{language}.parquet"))
model = joblib.load("models/model.pkl")
